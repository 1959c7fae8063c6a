"""SageMaker's form of a schedule in cron's, for whoever keeps the clock."""

from sagemaker_operator.kinds.monitoring_form import plain


def in_cron(schedule: str) -> str:
    """A schedule in SageMaker's own form as a cron expression of five fields; any other as it is."""
    return plain(" ".join(schedule.split())) or schedule
