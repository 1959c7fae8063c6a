"""The only part of sagemaker_containers that was ever public."""
