"""Alarms of CloudWatch over metrics that are really measured: OK or ALARM, as their values have it.

So a step policy hears of a backlog, and a deployment of errors. An alarm without enough values keeps the state that it has, which
a test may have set. Not here: what follows from a state.
"""

from dataclasses import dataclass
from typing import Protocol

from sagemaker_local.emulator.neighbours import Alarm
from sagemaker_local.runner.scaler import steps
from sagemaker_local.runner.scaler.readings import CloudWatch, Gauge, Source, gauge
from sagemaker_local.runner.telemetry import Series, Telemetry

MEASURED = ("AWS/SageMaker", "/aws/sagemaker/")


class Alarming(CloudWatch, Protocol):
    """CloudWatch with its alarms."""

    def alarms(self) -> list[Alarm]:
        """All alarms on one metric."""


@dataclass(slots=True)
class _Followed:
    source: Source
    gauge: Gauge


class Alarms:
    """All alarms of one emulator over what is measured here.

    Args:
        cloud: has them.
        telemetry: has the values.
        speed: how many times as fast as SageMaker's time is.
    """

    def __init__(self, cloud: Alarming, telemetry: Telemetry, *, speed: float) -> None:
        self._cloud, self._telemetry, self._speed = cloud, telemetry, speed
        self._followed: dict[str, _Followed] = {}

    def look(self, now: float) -> dict[str, list[tuple[Alarm, float]]]:
        """Let every alarm be in the state that its values have it; those in ALARM with their last value, by their actions."""
        ringing: dict[str, list[tuple[Alarm, float]]] = {}
        seen = set()
        for alarm in self._cloud.alarms():
            if not alarm.kept.namespace.startswith(MEASURED) or not alarm.kept.statistic:
                continue
            seen.add(alarm.kept.alarm_arn)
            value = self._judge(alarm, now)
            if value is not None:
                for action in alarm.kept.alarm_actions or ():
                    ringing.setdefault(action, []).append((alarm, value))
        for arn in [arn for arn in self._followed if arn not in seen]:
            self._followed.pop(arn).gauge.watch.close()
        return ringing

    def _judge(self, alarm: Alarm, now: float) -> float | None:
        """The last value of an alarm that is in ALARM and has just looked; else None."""
        kept, followed = alarm.kept, self._follow(alarm, now)
        if not followed.look(now, self._cloud):
            return None
        periods = int(kept.evaluation_periods)
        rule = steps.Alarm(
            name=kept.name,
            comparison=kept.comparison_operator,
            threshold=float(kept.threshold),
            periods=periods,
            datapoints=int(kept.datapoints_to_alarm or periods),
        )
        values = tuple(followed.values)
        if all(value is None for value in values[-periods:]):
            return None
        state = "ALARM" if steps.breached(rule, values) else "OK"
        if state != kept.state_value:
            alarm.enter(state, f"Threshold Crossed: the last {periods} values are {list(values[-periods:])}")
        return values[-1] if state == "ALARM" else None

    def _follow(self, alarm: Alarm, now: float) -> Gauge:
        kept = alarm.kept
        dimensions = {one.name: one.value for one in kept.dimensions}
        source = Source(
            Series.of(alarm.place, kept.namespace, kept.metric_name, dimensions), kept.statistic, float(kept.period)
        )
        known = self._followed.get(kept.alarm_arn)
        if known is None or known.source != source:
            if known is not None:
                known.gauge.watch.close()
            known = _Followed(source, gauge(source, self._telemetry, speed=self._speed, now=now))
            self._followed[kept.alarm_arn] = known
        return known.gauge
