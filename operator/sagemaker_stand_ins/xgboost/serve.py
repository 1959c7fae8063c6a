"""The handler of the model server: requests in CSV, libsvm or RecordIO-protobuf, predictions as the image writes them.

Forms and texts are those of sagemaker-xgboost-container (algorithm_mode/serve.py, serve_utils.py, encoder.py): CSV
answers hold Python's full digits of each prediction, all in one line with commas between them, or a line for each in
a batch transform; the scores of several classes stand in brackets. Two differences: the columns are counted also for
a model that was not pickled, and JSON Lines is answered although the image has it for Autopilot's models only.
"""

import json
import os
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xgboost

from sagemaker_stand_ins.data import delimited, libsvm, recordio
from sagemaker_stand_ins.data.content import CSV, JSON, JSON_LINES, LIBSVM, RECORDIO, ContentType
from sagemaker_stand_ins.data.rows import Part, Unreadable
from sagemaker_stand_ins.serving import BadInput, NotAcceptable, Unsupported
from sagemaker_stand_ins.xgboost import checkpoints

MODEL: Final = "xgboost-model"
_TYPES: Final = {CSV: "text/csv", JSON: "application/json", JSON_LINES: "application/jsonlines"}


@dataclass(frozen=True, slots=True)
class Model:
    """The boosters of a model directory; several answer with the mean of what they say."""

    boosters: tuple[xgboost.Booster, ...]

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The predictions for the rows of a request.

        Raises:
            BadInput: the rows are not those of the model.
            Unsupported: the body is not in its format, or its content type is not known.
            NotAcceptable: the answer cannot be written in the type that is asked for.
        """
        if not body.strip():
            return b"", "text/csv"
        form = ContentType.of(content_type or "text/csv").format
        wanted = _accepted(accept)
        if form is None or form not in _READERS:
            raise Unsupported(
                f"Content-type {content_type} not supported. "
                "Supported content-type is text/csv, text/libsvm, application/x-recordio-protobuf"
            )
        try:
            rows = _READERS[form](body)
        except (Unreadable, ValueError) as trouble:
            raise Unsupported(
                f"Loading {form} data failed with Exception, please ensure data is in {form} format:\n {ValueError}\n {trouble}"
            ) from None
        return _written(self._predicted(rows, form).tolist(), wanted), _TYPES[wanted]

    def _predicted(self, rows: Any, form: str) -> Any:
        trained, found = self.boosters[0].num_features(), rows.shape[1]
        if form == LIBSVM and found > trained + 1:
            raise BadInput(
                f"Unable to evaluate payload provided: Feature size of libsvm inference data {found} is larger than "
                f"feature size of trained model {trained}."
            )
        if form != LIBSVM and found not in (trained, trained - 1):
            raise BadInput(
                f"Unable to evaluate payload provided: Feature size of {form} inference data {found} is not consistent "
                f"with feature size of trained model {trained}."
            )
        try:
            matrix = xgboost.DMatrix(rows)
            said = [one.predict(matrix, iteration_range=_rounds(one), validate_features=False) for one in self.boosters]
        except (xgboost.core.XGBoostError, ValueError) as trouble:
            text = str(trouble).split("\nStack trace:")[0]
            raise BadInput(f"Unable to evaluate payload provided: {text}") from None
        return said[0] if len(said) == 1 else np.mean(said, axis=0)


def load(model_dir: Path) -> Model:
    """The model of a directory: its `xgboost-model`, or else all files that it holds.

    Raises:
        RuntimeError: there is none, or it is no XGBoost model.
    """
    files = (
        [model_dir / MODEL]
        if (model_dir / MODEL).is_file()
        else sorted(path for path in model_dir.iterdir() if path.is_file())
    )
    if not files:
        raise RuntimeError(f"Unable to load model: no model in {model_dir}")
    return Model(tuple(_loaded(path) for path in files))


def execution_parameters() -> Mapping[str, Any]:
    """What a batch transform is told that leaves its strategy open."""
    return {"MaxConcurrentTransforms": os.cpu_count() or 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


def _loaded(path: Path) -> xgboost.Booster:
    content = path.read_bytes()
    try:
        # The library's own formats begin so; earlier images pickled the booster.
        booster = checkpoints.loaded(content) if content[:1] == b"{" else pickle.loads(content)  # noqa: S301 - the user's own model
    except Exception as trouble:
        raise RuntimeError(f"Unable to load model: Model at {path} cannot be loaded:\n{trouble}") from trouble
    if not isinstance(booster, xgboost.Booster):
        raise RuntimeError(  # noqa: TRY004 - a model that cannot be loaded, whatever the reason
            f"Unable to load model: {path} holds {type(booster).__name__} and no XGBoost model"
        )
    booster.set_param("nthread", 1)
    # The first prediction configures the booster; those that follow may come from several threads at once.
    booster.predict(xgboost.DMatrix(np.zeros((1, booster.num_features()))), validate_features=False)
    return booster


def _rounds(booster: xgboost.Booster) -> tuple[int, int]:
    """Up to the best round of one that was stopped early; (0, 0) is all."""
    best = booster.attr("best_iteration")
    return (0, int(best) + 1) if best is not None else (0, 0)


def _accepted(accept: str) -> str:
    if accept in ("", "*/*"):
        accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    for one in accept.split(","):
        form = ContentType.of(one).format
        if form in _TYPES:
            return form
        if ContentType.of(one).name in ("*/*", "text/*"):
            return CSV
    raise NotAcceptable(
        f"Accept type {accept} is not supported. Please use supported accept types: {', '.join(_TYPES.values())}."
    )


def _written(predictions: Sequence[Any], form: str) -> bytes:
    if form == JSON:
        return json.dumps({"predictions": [{"score": one} for one in predictions]}).encode()
    if form == JSON_LINES:
        return "".join(json.dumps({"score": one}) + "\n" for one in predictions).encode()
    if os.environ.get("SAGEMAKER_BATCH"):
        return ("\n".join(map(str, predictions)) + "\n").encode()
    return ",".join(map(str, predictions)).encode()


def _of_csv(body: bytes) -> Any:
    part = Part("the request", body)
    return delimited.read([part], between=delimited.delimiter(part.lines[0]) or ",")


def _of_libsvm(body: bytes) -> Any:
    return libsvm.read([Part("the request", body)], labelled=False).features


def _of_records(body: bytes) -> Any:
    return recordio.read([Part("the request", body)]).features


_READERS: Final[Mapping[str | None, Callable[[bytes], Any]]] = {CSV: _of_csv, LIBSVM: _of_libsvm, RECORDIO: _of_records}
