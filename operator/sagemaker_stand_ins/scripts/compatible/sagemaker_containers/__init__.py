"""What users' scripts import of sagemaker_containers."""

from .beta.framework.env import training_env

__all__ = ["training_env"]
