"""The model of a run, wherever its configuration says that it is."""

from dataclasses import replace
from pathlib import Path

from sagemaker_analyzer.contract.config import AnalysisConfig, ColumnName, PredictorConfig
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.explain.model_file import model_file
from sagemaker_analyzer.explain.predictor import Predictor
from sagemaker_analyzer.explain.server import server


def predictor(task: Task, config: AnalysisConfig, *, scratch: Path) -> tuple[Predictor, PredictorConfig]:
    """The model, and how it is asked. Raises BadTask or BadModel."""
    asked = config.predictor or PredictorConfig()
    places = (asked.probability, _place(task.probability), asked.label)
    asked = replace(asked, probability=next((place for place in places if place is not None), None))
    if asked.file is not None:
        return model_file(asked, scratch=scratch), asked
    asked = replace(asked, url=asked.url or task.predictor_url)
    if asked.url is None:
        raise BadTask(
            f"{task.config}: predictor has neither url, that of a model server's /invocations, nor model_file, the path of a "
            "model among the job's inputs; this analyzer starts no shadow endpoint of a model_name"
        )
    return server(asked), asked


def _place(attribute: str | None) -> ColumnName | None:
    if attribute is None:
        return None
    return int(attribute) if attribute.isdecimal() else attribute.removeprefix("$.")
