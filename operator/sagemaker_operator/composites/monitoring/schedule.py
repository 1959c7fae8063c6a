"""SageMaker's form of a schedule in cron's, for whoever keeps the clock."""

import re

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ScheduleConfig.html
_SAGEMAKER = re.compile(r"cron\(0 (\*|\d+)(?:/(\d+))? \? \* \* \*\)")


def in_cron(schedule: str) -> str:
    """A schedule in SageMaker's own form as a cron expression of five fields; any other as it is."""
    match = _SAGEMAKER.fullmatch(" ".join(schedule.split()))
    if match is None:
        return schedule
    hour, step = match.groups()
    return f"0 {hour if step is None else f'{hour}-23/{step}'} * * *"
