"""The short form of a monitoring schedule, and what it stands for in SageMaker's own form.

Who runs it is told by ``engine``: SageMaker, then the short form becomes a ``monitoringScheduleConfig`` that refers to a job
definition (`monitoring_definition`), or the operator itself, then SageMaker is to have nothing. Not here: what the API server
refuses (`generate.monitoring_native`), and what the operator does as its own engine (`composites.monitoring`).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .monitoring_definition import REFERENCES, definition

CONFIG = "monitoringScheduleConfig"
IN_EFFECT = "inEffect"
"""The field of the status that holds what SageMaker runs at the moment."""

_HOUR = "(?:[01]?[0-9]|2[0-3])"
_STEP = "(?:0?[1-9]|1[0-9]|2[0-4])"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ScheduleConfig.html
SAGEMAKER = rf"^(?:NOW|cron[(]0 (?:[*]|{_HOUR}(?:/{_STEP})?) [?] [*] [*] [*][)])$"
"""The schedule expressions that SageMaker takes, as a regular expression that Python and CEL read alike."""
_CRON = rf"^0 +(?:[*]|[*]/(?:1|2|3|4|6|8|12)|{_HOUR}) +[*] +[*] +[*]$"
# Hours whose number divides those of a day: of others it is not documented whether they begin anew each day.
PLAIN = rf"{_CRON}|^@(?:hourly|daily|midnight)$|{SAGEMAKER}"
"""The schedules of the short form that can be told to SageMaker."""
_MACROS = {"@hourly": "cron(0 * ? * * *)", "@daily": "cron(0 0 ? * * *)", "@midnight": "cron(0 0 ? * * *)"}
# What SageMaker runs NOW looks at what these say; the hour that an hourly schedule would look at.
_AT_ONCE = {"dataAnalysisStartTime": "-PT1H", "dataAnalysisEndTime": "-PT0H"}


class Engine(StrEnum):
    """Who keeps the clock and starts the runs."""

    NATIVE = "Native"
    OPERATOR = "Operator"


def engine(spec: Mapping[str, Any]) -> Engine:
    """Who runs a schedule: SageMaker where its own form is used or it is asked for, else the operator."""
    return Engine(spec.get("engine") or (Engine.NATIVE if CONFIG in spec else Engine.OPERATOR))


def left_to_us(spec: Mapping[str, Any]) -> bool:
    """Whether SageMaker is to have nothing of a schedule."""
    return engine(spec) is Engine.OPERATOR


def spelled_out(name: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Mapping[str, Any]:
    """A spec in SageMaker's own form.

    Args:
        name: of the object.
        spec: as the manifest has it.
        status: whose ``baseline`` says what is compared with.
    """
    if CONFIG in spec or left_to_us(spec) or "monitoringType" not in spec:
        return spec
    made = definition(name, spec, status)
    config: dict[str, Any] = {
        "monitoringType": spec["monitoringType"],
        REFERENCES[spec["monitoringType"]]: {"name": made.name},
    }
    if "schedule" in spec:
        expression = translated(spec["schedule"])
        config["scheduleConfig"] = {"scheduleExpression": expression, **(_AT_ONCE if expression == "NOW" else {})}
    return {**spec, CONFIG: config}


def translated(schedule: str) -> str:
    """A schedule of the short form in SageMaker's words; one that it has no words for is left for SageMaker to refuse."""
    said = " ".join(schedule.split())
    if said in _MACROS:
        return _MACROS[said]
    if not re.match(_CRON, said):
        return said
    hour = said.split()[1]
    told = f"0/{hour[2:]}" if hour.startswith("*/") else hour if hour == "*" else str(int(hour))
    return f"cron(0 {told} ? * * *)"


def in_effect(status: Mapping[str, Any]) -> frozenset[str]:
    """The definitions that SageMaker was seen to run, by their names there; empty if that is not known."""
    names = (one.get("jobDefinitionName") for one in status.get(IN_EFFECT) or ())
    return frozenset(name for name in names if name)


def plain(expression: str) -> str | None:
    """A schedule expression of SageMaker as a cron expression of five fields; None if it is none that comes again."""
    found = re.fullmatch(rf"cron\(0 ([*]|{_HOUR})(?:/({_STEP}))? [?] [*] [*] [*]\)", expression)
    if found is None:
        return None
    hour, step = found[1], found[2]
    if step is None:
        return f"0 {hour if hour == '*' else int(hour)} * * *"
    # "17/12" is 17 and 5: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-schedule-expression.html
    hours = sorted({(int(hour) + later) % 24 for later in range(0, 24, int(step))})
    return f"0 {','.join(map(str, hours))} * * *"
