"""What users' scripts import of sagemaker_xgboost_container."""
