"""Clarify's processing container: what its analysis_config.json asks for, by the analyzer of this project.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-parameters.html. Monitoring schedules tell the
analysis in variables; of other jobs it is told from the methods of the configuration. Bias and explanations that are asked for at
once are two runs of the analyzer, whose analysis.json becomes one. Not done: partial dependence plots, text and images; the log
says so.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sagemaker_stand_ins.shadow import Unserved, shadow

BIAS, EXPLAINS = "MODEL_BIAS", "MODEL_EXPLAINABILITY"
_METHODS: Final = {"pre_training_bias": BIAS, "post_training_bias": BIAS, "shap": EXPLAINS}
_FORMATS: Final = {
    "text/csv": "csv",
    "application/jsonlines": "json",
    "application/json": "json",
    "application/x-parquet": "parquet",
}
_HERE: Final = Path(__file__).parent
_LOG: Final = logging.getLogger(__name__)


def main() -> None:
    """Run once, and exit as the analyzer does."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    try:
        sys.exit(run(base, os.environ))
    except (Unserved, OSError, ValueError) as trouble:
        message = base / "output" / "message"
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(f"Error: {trouble}"[:1024], encoding="utf-8")
        _LOG.error("%s", trouble)
        sys.exit(1)


def run(base: Path, environment: Mapping[str, str]) -> int:
    """Analyse what the configuration says; returns the exit code.

    Raises:
        Unserved: the model cannot be asked.
        ValueError: the configuration asks for nothing that is known.
    """
    path = Path(environment.get("analysis_config") or base / "processing/input/config/analysis_config.json")
    match json.loads(path.read_text(encoding="utf-8")):
        case dict() as config:
            pass
        case _:
            raise ValueError(f"{path} is no JSON object")
    told = {**_usual(config, path, base), **environment}
    with contextlib.ExitStack() as served:
        predictor = config.get("predictor") or {}
        if "predictor_url" not in told and {"model_name", "endpoint_name"} & set(predictor):
            job = environment.get("PROCESSING_JOB_NAME") or environment.get("TRAINING_JOB_NAME") or "job"
            name = f"clarify-{job}"[:63].rstrip("-")
            told["predictor_url"] = served.enter_context(shadow(predictor, name))
        return _all(_analyses(config, environment), told, base)


def _usual(config: Mapping[str, Any], path: Path, base: Path) -> dict[str, str]:
    """What a job of Clarify does not tell: where its data is, and in what form."""
    kind = config.get("dataset_type", "text/csv")
    if kind not in _FORMATS:
        raise ValueError(f"{path}: dataset_type is {kind}; it may be {', '.join(_FORMATS)}")
    options = {"csv": {"header": not config.get("headers")}, "json": {"lines": True}, "parquet": {}}[_FORMATS[kind]]
    return {
        "analysis_config": str(path),
        "dataset_source": str(base / "processing/input/data"),
        "dataset_format": json.dumps({_FORMATS[kind]: options}),
        "output_path": str(base / "processing/output"),
    }


def _analyses(config: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    if environment.get("analysis_type"):
        return [environment["analysis_type"]]
    methods = config.get("methods") or {}
    for unknown in sorted(set(methods) - {*_METHODS, "report"}):
        _LOG.warning("methods.%s is not done here", unknown)
    found = sorted({_METHODS[name] for name in methods if name in _METHODS})
    if not found:
        raise ValueError(f"the configuration has none of the methods {', '.join(_METHODS)}")
    return found


def _all(analyses: list[str], told: Mapping[str, str], base: Path) -> int:
    """Run the analyzer for each analysis, and bring together what it finds."""
    found: dict[str, Any] = {}
    file = Path(told.get("output_path") or base / "processing/output") / "analysis.json"
    for analysis in analyses:
        command = [sys.executable, str(_HERE), "sagemaker_analyzer"]
        code = subprocess.run(command, env={**told, "analysis_type": analysis}, check=False).returncode  # noqa: S603 our own
        if code != 0:
            return code
        if file.is_file():
            found = _joined(found, json.loads(file.read_text(encoding="utf-8")))
    if len(analyses) > 1:
        file.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, **{name: value for name, value in other.items() if value is not None}}


if __name__ == "__main__":
    main()
