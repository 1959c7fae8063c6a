"""The rows of kinds that run on a schedule."""

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds.kind import Column

from .plan import plan

CRON_TRAINING_JOB = Composite(
    name="CronTrainingJob",
    short="smctj",
    summary="Makes TrainingJobs on a schedule, as Kubernetes' CronJob makes Jobs.",
    makes=("TrainingJob",),
    plan=plan,
    columns=(
        Column("Schedule", ".spec.schedule"),
        Column("Timezone", ".spec.timeZone"),
        Column("Suspend", ".spec.suspend", "boolean"),
        Column("Active", ".status.activeCount", "integer"),
        Column("Last-Schedule", ".status.lastScheduleTime", "date"),
        # As a date kubectl would show how long ago it was.
        Column("Next", ".status.nextScheduleTime"),
        Column("Ready", '.status.conditions[?(@.type=="Ready")].status', wide=True),
        Column("Last-Success", ".status.lastSuccessfulTime", "date", wide=True),
        Column("Message", '.status.conditions[?(@.type=="Ready")].message', wide=True),
    ),
)
