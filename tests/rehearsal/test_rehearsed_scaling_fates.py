"""A scaled endpoint among random edits, outcomes, faults and deaths of the operator: its targets are as it rests, and go with it.

``REHEARSALS=5000 pytest tests/rehearsal/test_rehearsed_scaling_fates.py`` looks for new examples.
"""

from typing import Any

from hypothesis import event, given, note
from hypothesis import strategies as st
from tests.rehearsal.rollouts import WEB
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_endpoint_fates import Fate, Step, examples, steps

from sagemaker_local.emulator.faults import SCALING

INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
LOAD = {"predefinedMetric": INVOCATIONS, "targetValue": 70}
NIGHT = {"name": "night", "schedule": "cron(0 22 * * ? *)", "maxCapacity": 1}
WAYS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"minCapacity": 1, "maxCapacity": 4, "targetTracking": [LOAD]},
    {"minCapacity": 1, "maxCapacity": 6, "targetTracking": [{**LOAD, "name": "load"}], "scheduled": [NIGHT]},
    {"minCapacity": 2, "maxCapacity": 6},
)


def scaling() -> st.SearchStrategy[Step]:
    """What befalls scaling alone."""
    ways = st.tuples(st.just("scale"), st.integers(0, len(WAYS) - 1))
    types = st.tuples(st.just("type"), st.sampled_from(["ml.m5.large", "ml.c5.large"]))
    effects = st.sampled_from(["throttle", "error", "lose_reply", "cut", "deny"])
    faults = st.tuples(st.just("fault"), effects, st.sampled_from(sorted(SCALING)), st.integers(1, 3))
    return st.one_of(ways, ways, types, faults)


class Scaled(Fate):
    """A fate in which the variant is scaled, and stands on other instances at times."""

    def _scale(self, number: int) -> None:
        self._vary(autoscaling=WAYS[number])

    def _type(self, name: str) -> None:
        self._vary(instanceType=name)

    def _vary(self, **part: Any) -> None:
        (variant,) = self.wanted["productionVariants"]
        self._put({"productionVariants": [{k: v for k, v in {**variant, **part}.items() if v is not None}]})

    def is_scaled_as_it_rests(self) -> None:
        """Whatever serves is scaled as the manifest says, and nothing else is."""
        serving = [one for one in self.play.jobs("Endpoint") if one.status == "InService"]
        known = self.play.amazon.core.targets.known
        asked = self.wanted["productionVariants"][0].get("autoscaling")
        if not serving or asked is None:
            assert not known, self.play.told(WEB)
            return
        (target,) = known.values()
        bounds = target.shown["MinCapacity"], target.shown["MaxCapacity"]
        assert bounds == (asked["minCapacity"], asked["maxCapacity"]), self.play.told(WEB)
        names = {one.get("name", INVOCATIONS) for one in asked.get("targetTracking", ())}
        assert {*target.policies} == names, self.play.told(WEB)
        assert {*target.actions} == {one["name"] for one in asked.get("scheduled", ())}, self.play.told(WEB)
        assert self.play.says(WEB, "AutoscalingReady"), self.play.told(WEB)


@examples
@given(
    todo=st.lists(st.one_of(steps(), scaling(), scaling()), max_size=16),
    straggle=st.sampled_from([None, 0.5, 2.5]),
    first=st.integers(0, len(WAYS) - 1),
    early=st.booleans(),
)
def test_no_fate_leaves_a_target_behind_or_an_endpoint_without_one(
    todo: list[Step], straggle: float | None, first: int, early: bool
) -> None:
    with Rehearsal(straggle=straggle, drift=3600.0) as play:
        fate = Scaled(play)
        play.checks.append(fate.wrong)
        play.amazon.listen(fate.look)
        fate.do(("scale", first))
        fate.do(("apply",))
        if not early:
            play.run(300)
        for step in todo:
            fate.do(step)
        fate.settle()
        event(play.status(WEB).get("phase", "gone"))
        note(play.told(WEB))
        if play.there(WEB):
            fate.is_scaled_as_it_rests()
        fate.end()
        assert not play.amazon.core.targets.known
        assert not fate.missing, fate.missing
