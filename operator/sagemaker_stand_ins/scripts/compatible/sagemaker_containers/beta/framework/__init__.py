"""What users' scripts import of sagemaker_containers.beta.framework."""

from . import content_types, encoders, env, errors, modules, transformer, worker
from .env import training_env

__all__ = ["content_types", "encoders", "env", "errors", "modules", "training_env", "transformer", "worker"]
