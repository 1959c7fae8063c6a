"""What users' scripts import of sagemaker_inference."""
