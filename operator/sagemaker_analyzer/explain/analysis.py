"""One run: how much every feature matters to the model."""

from pathlib import Path

from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.model import Analysis


def analyze_explanation(task: Task, engine: Engine, *, scratch: Path) -> Analysis:  # noqa: ARG001
    """Refuses. Raises BadTask."""
    raise BadTask(f"analysis_type is {task.analysis}, which this analyzer does not do")
