"""The handler of the image for scikit-learn: what it does where the user's script has no function.

Source: sagemaker-scikit-learn-container, src/sagemaker_sklearn_container/serving.py.
"""

from pathlib import Path
from typing import Any

import numpy as np

from sagemaker_stand_ins.serving import BadInput

from . import encoding, functions


def load(model_dir: Path) -> functions.Scripted:
    """The model of a directory, by the user's functions."""
    return functions.load(model_dir, DEFAULTS)


def _input(content: Any, content_type: str) -> Any:
    array = encoding.decoded(content, content_type)
    if content_type not in encoding.TEXTS:
        return array
    try:
        return array.astype(np.float32)
    except (ValueError, TypeError) as error:
        raise BadInput(f"the body has more than numbers in it: {error}") from None


def _predict(data: Any, model: Any) -> Any:
    return model.predict(data)


def _output(prediction: Any, accept: str) -> tuple[bytes, str]:
    return encoding.encoded(prediction, accept), accept


DEFAULTS = functions.Defaults(_input, _predict, _output)
