"""What happens where a script has no function (sagemaker_containers/_transformer.py)."""

from typing import Any

from . import encoders, worker


def default_input_fn(input_data: str | bytes, content_type: str) -> Any:
    """The array in a request."""
    return encoders.decode(input_data, content_type)


def default_output_fn(prediction: Any, accept: str) -> worker.Response:
    """The answer with an array."""
    return worker.Response(response=encoders.encode(prediction, accept), mimetype=accept)
