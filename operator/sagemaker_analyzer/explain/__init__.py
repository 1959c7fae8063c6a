"""How much every feature matters to a model, and whether it mattered as much before.

    reading, dense: the features of records      model: server (with answers) or model_file
                  └── encoding, usual ──────┬────────────┘
                                kernel: attributions by SHAP
                                            └── drift, analysis: whether their ranking is the baseline's

SHAP is the library of that name, which is loaded when it is needed and may be missing.
"""
