"""How good a model's answers are, by the truth.

    attributes: where labels are     reading: captures and ground truth, or a dataset that has both
                     └───────────┬───────────┘
        merge, labels: what is compared with what     regression, binary, multiclass: the metrics
                                             └── analysis ──┘
    constraints: how good they have to be

Everything over all records is an Ibis expression that an engine runs; the metrics are made of its sums and counts.
"""
