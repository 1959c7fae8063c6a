"""The row of the plan for MonitoringSchedules; what SageMaker has of them is a row of `kinds.monitoring`."""

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds import KINDS

from .plan import plan, watches

_KIND = KINDS["MonitoringSchedule"]

MONITORING_SCHEDULE = Composite(
    name=_KIND.name,
    short=_KIND.short,
    summary=_KIND.summary,
    makes=(
        "ProcessingJob",
        "TrainingJob",
        "DataQualityJobDefinition",
        "ModelQualityJobDefinition",
        "ModelBiasJobDefinition",
        "ModelExplainabilityJobDefinition",
    ),
    plan=plan,
    watches=watches,
    tells=_KIND.told_beside,
)
