"""A model in a file: XGBoost's own formats, and scikit-learn's pickles if they are trusted.

A pickle runs whatever code it holds when it is read, and so is not read unless the configuration says that it may be.
"""

import importlib
import math
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sagemaker_analyzer.contract.config import PredictorConfig
from sagemaker_analyzer.errors import BadModel, BadTask
from sagemaker_analyzer.explain.predictor import Matrix, Predictor, Row

_XGBOOST = {".json", ".ubj", ".bst", ".model"}
_PICKLES = {".joblib", ".pkl", ".pickle"}
EXTRA = "it comes with the extra analyzer-explain: pip install 'sagemaker-operator[analyzer-explain]'"


def model_file(config: PredictorConfig, *, scratch: Path) -> Predictor:
    """The model in the file; `scratch` is where model.tar.gz is unpacked. Raises BadModel or BadTask, as do its calls."""
    path = config.file
    assert path is not None
    if path.name.endswith((".tar.gz", ".tgz")):
        path = _unpacked(path, scratch)
    if path.suffix in _XGBOOST or path.name == "xgboost-model":
        return _booster(path, config)
    if path.suffix in _PICKLES:
        if not config.trust_pickle:
            raise BadTask(
                f"predictor.model_file {path} is a pickle, which can run any code when it is read; set predictor.trust_pickle "
                "to true if you know who wrote it, or save the model in XGBoost's format, or serve it and give its url"
            )
        return _estimator(path, config)
    known = ", ".join(sorted(_XGBOOST | _PICKLES))
    raise BadTask(f"predictor.model_file {path} is of no known kind; it may end with {known} or .tar.gz")


def _unpacked(path: Path, scratch: Path) -> Path:
    """The one model in an archive as training jobs leave it."""
    try:
        with tarfile.open(path) as archive:
            found = [
                member
                for member in archive.getmembers()
                if member.isfile() and _is_model(Path(member.name)) and member.size < 1 << 32
            ]
            if len(found) != 1:
                names = ", ".join(member.name for member in found) or "none"
                raise BadTask(f"predictor.model_file {path} has to have one model in it; it has {names}")
            archive.extract(found[0], scratch, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BadModel(f"predictor.model_file {path} cannot be unpacked: {error}") from error
    return scratch / found[0].name


def _is_model(path: Path) -> bool:
    return path.suffix in _XGBOOST | _PICKLES or path.name == "xgboost-model"


def _booster(path: Path, config: PredictorConfig) -> Predictor:
    xgboost = imported("xgboost", f"the model {path} is XGBoost's")
    booster = xgboost.Booster()
    try:
        booster.load_model(path)
    except xgboost.core.XGBoostError as error:
        raise BadModel(f"the model {path} cannot be read: {str(error).splitlines()[0]}") from error

    def predict(rows: Sequence[Row]) -> Matrix:
        matrix = _numbers(rows, path)
        if matrix.shape[1] != booster.num_features():
            raise BadModel(f"the model {path} has {booster.num_features()} features, and the data {matrix.shape[1]}")
        return _outputs(booster.predict(xgboost.DMatrix(matrix, feature_names=booster.feature_names)), config)

    return predict


def _estimator(path: Path, config: PredictorConfig) -> Predictor:
    joblib = imported("joblib", f"the model {path} is a pickle")
    try:
        estimator = joblib.load(path)
    # Reading a pickle runs code of its own, which raises whatever it likes.
    except Exception as error:
        raise BadModel(f"the model {path} cannot be read: {type(error).__name__}: {error}") from error
    ask = getattr(estimator, "predict_proba", None) or getattr(estimator, "predict", None)
    if ask is None:
        raise BadModel(f"the model {path} is a {type(estimator).__name__}, which has no predict")
    names = getattr(estimator, "feature_names_in_", None)

    def predict(rows: Sequence[Row]) -> Matrix:
        given: Any = [["" if cell is None else cell for cell in row] for row in rows]
        if not any(isinstance(cell, str) for cell in rows[0]):
            given = _numbers(rows, path)
        if names is not None:
            given = imported("pandas", f"the model {path} knows its features by name").DataFrame(given, columns=names)
        try:
            return _outputs(ask(given), config)
        except (ValueError, TypeError) as error:
            raise BadModel(f"the model {path} refuses the data: {str(error).splitlines()[0]}") from error

    return predict


def _numbers(rows: Sequence[Row], path: Path) -> Matrix:
    try:
        return np.array([[math.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)
    except ValueError as error:
        raise BadModel(f"the model {path} takes numbers alone, and the data has texts: {error}") from error


def _outputs(answer: Any, config: PredictorConfig) -> Matrix:
    """One column for each output; of the two of a binary classifier the second one, unless both have a name."""
    found = np.asarray(answer, dtype=np.float64)
    found = found.reshape(len(found), -1)
    return found[:, 1:] if found.shape[1] == 2 and len(config.label_headers) != 2 else found


def imported(module: str, why: str) -> Any:
    """A module that not every installation has. Raises BadTask if it is not there."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise BadTask(f"{why}, and {module} is not installed; {EXTRA}") from error
