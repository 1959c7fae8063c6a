"""The built-in XGBoost algorithm: training and inference as sagemaker-xgboost has them, on the library of the environment.

Interface and texts are those of the image's own source (github.com/aws/sagemaker-xgboost-container), version 1.7-1.
What differs: the library is the environment's (its name stands in the log), data that the image would skip in silence
is refused, parquet and GPUs are not supported, and neither are the cross-validation parameters of Autopilot
(`_kfold`, `_num_cv_round`).
"""
