"""The surroundings of a script (sagemaker_containers/_env.py)."""

import os
from typing import Any

base_dir = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
code_dir = f"{base_dir}/code"
model_dir = f"{base_dir}/model"
input_dir = f"{base_dir}/input"
output_dir = f"{base_dir}/output"


def training_env() -> Any:
    """The training job, as the toolkit that came after this one shows it; raises ImportError where that is not installed."""
    from sagemaker_training import environment  # noqa: PLC0415 serving does not need it

    return environment.Environment()
