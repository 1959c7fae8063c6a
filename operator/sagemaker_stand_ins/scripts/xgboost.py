"""The handler of the image for XGBoost with a script: what it does where the script has no function.

Source: sagemaker-xgboost-container, src/sagemaker_xgboost_container/handler_service.py and encoder.py.
"""

from pathlib import Path
from typing import Any

import xgboost

from sagemaker_stand_ins.data import delimited, libsvm, recordio
from sagemaker_stand_ins.data.content import CSV, LIBSVM, RECORDIO, ContentType
from sagemaker_stand_ins.data.rows import Part, Unreadable
from sagemaker_stand_ins.serving import BadInput

from . import encoding, functions


def load(model_dir: Path) -> functions.Scripted:
    """The model of a directory, by the user's functions."""
    return functions.load(model_dir, DEFAULTS)


def matrix(content: str | bytes, content_type: str) -> xgboost.DMatrix:
    """The rows of a body in CSV, libsvm or RecordIO-protobuf, without labels.

    Raises:
        Unknown: if the content type is none of these.
        BadInput: if the content is not of its type.
    """
    form = ContentType.of(content_type).format
    part = Part("the request", content.encode() if isinstance(content, str) else content)
    try:
        if form == CSV:
            first = part.lines[0] if part.lines else ""
            return xgboost.DMatrix(delimited.read([part], between=delimited.delimiter(first) or ","))
        if form == LIBSVM:
            return xgboost.DMatrix(libsvm.read([part], labelled=False).features)
        if form == RECORDIO:
            return xgboost.DMatrix(recordio.read([part]).features)
    except (Unreadable, ValueError) as error:
        raise BadInput(f"the body cannot be read as {content_type}: {error}") from None
    raise encoding.Unknown(content_type)


def _predict(data: Any, model: Any) -> Any:
    return model.predict(data, validate_features=False)


def _output(prediction: Any, accept: str) -> tuple[bytes, str]:
    return encoding.encoded(prediction, accept), accept


DEFAULTS = functions.Defaults(matrix, _predict, _output, untyped=None)
