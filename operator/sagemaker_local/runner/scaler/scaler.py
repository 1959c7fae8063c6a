"""Lets scaling happen: looks at all targets again and again, and carries out what their policies and actions want.

One thread. Times of SageMaker, such as cooldowns and the windows of metrics, are as much shorter as its time is faster; scheduled
actions come true at their real times. Not here: how a count is found (see `decide` and `steps`).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.scaling.targets import Key, Target, Targets
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.runner.scaler import acting, steps
from sagemaker_local.runner.scaler.alarms import Alarming, Alarms
from sagemaker_local.runner.scaler.decide import Standing, Tracking, verdict
from sagemaker_local.runner.scaler.readings import Gauge, Source, gauge, tracked
from sagemaker_local.runner.scaler.schedules import following
from sagemaker_local.runner.telemetry import Telemetry

TICK: Final = 0.5
"""Seconds of real time between two looks."""
_TRACKING: Final = "TargetTrackingScalingPolicyConfiguration"
_STEPS: Final = "StepScalingPolicyConfiguration"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Kept:
    """What is remembered of one target."""

    current: int | None = None
    scaled_in: float = 0.0
    stepped: float = 0.0
    looked: float = 0.0
    gauges: dict[str, tuple[Source, Gauge]] = field(default_factory=dict)
    unmeasured: set[str] = field(default_factory=set)


class Scaler:
    """Scales what one emulator serves.

    Args:
        service: SageMaker.
        targets: what is registered, with its policies.
        cloud: CloudWatch.
        telemetry: metrics.
        now: the time, in epoch seconds.
        speed: how many times as fast as SageMaker's time is.
    """

    def __init__(
        self,
        service: SageMaker,
        targets: Targets,
        cloud: Alarming,
        telemetry: Telemetry,
        *,
        now: Callable[[], float],
        speed: float,
    ) -> None:
        self._service, self._targets, self._cloud, self._telemetry = service, targets, cloud, telemetry
        self._now, self._speed = now, speed
        self._alarms = Alarms(cloud, telemetry, speed=speed)
        self._known: dict[Key, _Kept] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="scaler", daemon=True)

    def start(self) -> None:
        """Scale from now on, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Scale no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look at everything once."""
        now = self._now()
        ringing = self._alarms.look(now)
        with self._service.lock:
            for key in [key for key in self._known if key not in self._targets.known]:
                for _, each in self._known.pop(key).gauges.values():
                    each.watch.close()
            for key, target in list(self._targets.known.items()):
                kept = self._known.setdefault(key, _Kept(looked=now))
                self._track(key, target, kept, now)
                for policy in target.policies.values():
                    if _STEPS in policy and policy["PolicyARN"] in ringing:
                        self._step(key, target, kept, policy, ringing[policy["PolicyARN"]], now=now)
                self._keep_schedules(key, target, kept, now)
                kept.looked = now

    def _track(self, key: Key, target: Target, kept: _Kept, now: float) -> None:
        """What policies of target tracking want, once their metrics have a new value."""
        there = acting.counts(self._service, key)
        fresh = self._read(key, target, kept, now)
        if there is None:
            return
        if there[0] != kept.current:
            kept.current = there[0]
            for _, each in kept.gauges.values():
                each.begin_anew(now)
            return
        if not fresh:
            return
        policies = {
            name: (self._tracking(target.policies[name][_TRACKING]), tuple(each.values))
            for name, (_, each) in kept.gauges.items()
        }
        shown = target.shown
        standing = Standing(
            *there,
            least=int(shown["MinCapacity"]),
            most=int(shown["MaxCapacity"]),
            scaled_in=kept.scaled_in,
            in_suspended=bool(shown["SuspendedState"]["DynamicScalingInSuspended"]),
            out_suspended=bool(shown["SuspendedState"]["DynamicScalingOutSuspended"]),
        )
        wanted = verdict(policies, standing, now=now)
        if wanted is None:
            return
        if wanted.alarm == "Low":
            kept.scaled_in = now
        name = next(
            (one["AlarmName"] for one in target.policies[wanted.policy]["Alarms"] if wanted.alarm in one["AlarmName"]),
            "",
        )
        self._give(key, wanted.count, f"monitor alarm {name} in state ALARM triggered policy {wanted.policy}")

    def _read(self, key: Key, target: Target, kept: _Kept, now: float) -> bool:
        """Take the new values of the metrics of all policies of target tracking; whether there are any."""
        sources = {name: tracked(policy, key[0]) for name, policy in target.policies.items() if _TRACKING in policy}
        wanted = {name: source for name, source in sources.items() if source is not None}
        for name in sources.keys() - wanted.keys() - kept.unmeasured:
            kept.unmeasured.add(name)
            _log.warning(
                "the policy %s of %s tracks a metric that is not measured here: it changes nothing", name, key[1]
            )
        for name in [name for name, (source, _) in kept.gauges.items() if wanted.get(name) != source]:
            kept.gauges.pop(name)[1].watch.close()
        for name, source in wanted.items():
            if name not in kept.gauges:
                kept.gauges[name] = (source, gauge(source, self._telemetry, speed=self._speed, now=now))
        fresh = [each.look(now, self._cloud) for _, each in kept.gauges.values()]
        return any(fresh)

    def _tracking(self, config: Json) -> Tracking:
        return Tracking(
            target=float(config["TargetValue"]),
            scales_in=not config.get("DisableScaleIn", False),
            in_cooldown=float(config.get("ScaleInCooldown", 300)) / self._speed,
        )

    def _step(self, key: Key, target: Target, kept: _Kept, policy: Json, ringing: list[Any], *, now: float) -> None:
        """What a step policy wants of the alarms that it listens to."""
        there, config = acting.counts(self._service, key), policy[_STEPS]
        if there is None or now - kept.stepped < float(config.get("Cooldown", 0)) / self._speed:
            return
        alarm, value = ringing[0]
        count = steps.stepped(config, there[1], beyond=value - float(alarm.kept.threshold))
        count = min(max(count, int(target.shown["MinCapacity"])), int(target.shown["MaxCapacity"]))
        way = "Out" if count > there[1] else "In"
        if count == there[1] or target.shown["SuspendedState"][f"DynamicScaling{way}Suspended"]:
            return
        kept.stepped = now
        cause = f"monitor alarm {alarm.kept.name} in state ALARM triggered policy {policy['PolicyName']}"
        self._give(key, count, cause)

    def _keep_schedules(self, key: Key, target: Target, kept: _Kept, now: float) -> None:
        """Set the bounds of the scheduled actions that came true since the last look, and bring the count within them."""
        if target.shown["SuspendedState"]["ScheduledScalingSuspended"]:
            return
        for name, action in target.actions.items():
            bounds = action.get("ScalableTargetAction")
            if bounds is None or not _came_true(action, kept.looked, now):
                continue
            target.shown = {**target.shown, **bounds}
            there = acting.counts(self._service, key)
            if there is None:
                continue
            count = min(max(there[1], int(target.shown["MinCapacity"])), int(target.shown["MaxCapacity"]))
            if count != there[1]:
                self._give(key, count, f"scheduled action name {name} was triggered")

    def _give(self, key: Key, count: int, cause: str) -> None:
        """Change a count, and note it in the words of the user guide's examples for other services."""
        what = "instance count" if key[2] == acting.INSTANCES else "copy count"
        said: Json = {"Description": f"Setting desired {what} to {count}.", "Cause": cause}
        try:
            acting.scale(self._service, key, count)
        except ValueError as refused:
            _log.warning("%s", refused)
            self._targets.note(key, **said, StatusCode="Failed", StatusMessage=str(refused))
            return
        done = f"Successfully set desired {what} to {count}. Waiting for change to be fulfilled by sagemaker."
        self._targets.note(key, **said, StatusCode="Successful", StatusMessage=done, EndTime=self._now())

    def _keep_looking(self) -> None:
        while not self._stopping.wait(TICK):
            try:
                self.look()
            except Exception:  # noqa: BLE001 one look that fails must not end all of them
                _log.exception("what is to be scaled could not be looked at")


def _came_true(action: Json, since: float, now: float) -> bool:
    """Whether a scheduled action came true after one moment and not after another."""
    if now < action.get("StartTime", now) or now > action.get("EndTime", now):
        return False
    try:
        moment = following(
            action["Schedule"], since, zone=action.get("Timezone", "UTC"), since=float(action["CreationTime"])
        )
    except (ValueError, KeyError):  # a schedule that nobody understands never comes true
        return False
    return moment is not None and moment <= now
