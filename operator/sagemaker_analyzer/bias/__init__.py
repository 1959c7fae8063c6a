"""How unequally the model and its data treat people.

    reading, predicting: captures and their truth, a dataset, or what a model would say    groups: who and what is meant
                      └── records: the columns that metrics look at ──┬──────────────────────────────────┘
    counting: cells of records that are alike      flips: those that are near to each other
                    └── metrics, measuring: of each facet ──┘
                                   └── drift, analysis: what is worse than the baseline's

All but the flip test is made of counts, which an engine makes of any number of records.
"""
