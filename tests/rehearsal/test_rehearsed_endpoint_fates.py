"""An endpoint among random edits, outcomes, faults and deaths of the operator: what must hold, holds at every moment.

What each version of a status must keep to is watched by the rehearsal itself. Examples are always the same, and few;
``REHEARSALS=5000 pytest tests/rehearsal/test_rehearsed_endpoint_fates.py`` looks for new ones.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, event, given, note, settings
from hypothesis import strategies as st
from tests.rehearsal.doors import KUBERNETES_FAULTS
from tests.rehearsal.rollouts import BROKEN, INTERNAL, NOTHING, WEB, fail, images, left, model, settled, web
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.kube.errors import Invalid

EXAMPLES = int(os.environ.get("REHEARSALS", "0"))
Step = tuple[Any, ...]
OPERATIONS = (
    "CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities", "DeleteEndpoint", "DescribeEndpoint",
    "CreateModel", "DeleteModel", "CreateEndpointConfig", "DeleteEndpointConfig", ".*",
)  # fmt: skip
# How an endpoint can rest that does not do what its manifest asks, which somebody has to look at.
HONEST = {"RolledBack", "Failed", "InvalidSpec", "DependencyNotFound"}


def edits() -> st.SearchStrategy[Step]:
    contents = st.tuples(st.just("edit"), st.sampled_from(["one", "two", "three", "four"]), st.integers(1, 3))
    canaries = st.tuples(
        st.just("canary"), st.sampled_from([None, 0, 10, 100]), st.sampled_from(["two", "three", "four"])
    )
    controls = st.sampled_from(
        [
            *(("set", "stopped", value) for value in (True, None, None)),
            *(("set", "rollbackTo", value) for value in (1, 2, None, None)),
            *(("set", "revisionHistoryLimit", value) for value in (0, 1, 20)),
            *(("set", "recreateOnFailure", value) for value in (True, None)),
        ]
    )
    return st.one_of(contents, contents, canaries, controls)


def steps() -> st.SearchStrategy[Step]:
    faults = st.tuples(
        st.just("fault"),
        st.sampled_from(["throttle", "error", "lose_reply", "cut", "deny"]),
        st.sampled_from(OPERATIONS),
        st.integers(1, 3),
    )
    conflicts = st.tuples(
        st.just("kubernetes fault"), st.lists(st.sampled_from(sorted(KUBERNETES_FAULTS)), min_size=1, max_size=3)
    )
    outcomes = st.tuples(st.just("fail"), st.sampled_from([BROKEN, INTERNAL]), st.sampled_from(["Updating", None]))
    alone = st.sampled_from(
        [
            *(("pause", value) for value in (True, False)),
            *(("delete", cascade) for cascade in ("background", "foreground")),
            *((name,) for name in ("look", "apply", "kill", "restart", "maintain", "scale in console")),
        ]
    )
    children = st.tuples(st.just("delete child"), st.integers(0, 7))
    deaths = st.tuples(st.just("die in"), st.integers(0, 12))
    waits = st.tuples(st.just("wait"), st.sampled_from([0.005, 0.05, 0.5, 3, 20, 100, 250, 400]))
    return st.one_of(waits, waits, waits, edits(), edits(), alone, outcomes, faults, conflicts, children, deaths)


@dataclass
class Fate:
    """One endpoint, and what its user knows of it.

    Attributes:
        wanted: its spec, as it was applied last.
    """

    play: Rehearsal
    wanted: dict[str, Any] = field(default_factory=lambda: dict(web()["spec"]))
    missing: list[str] = field(default_factory=list)

    def do(self, step: Step) -> None:
        name, *arguments = step
        getattr(self, f"_{name.replace(' ', '_')}")(*arguments)

    def _there(self) -> bool:
        return self.play.there(WEB)

    def _wait(self, seconds: float) -> None:
        self.play.run(seconds)

    def _edit(self, image: str, count: int) -> None:
        (variant,) = self.wanted["productionVariants"]
        self._put({"productionVariants": [{**variant, "model": model(image), "initialInstanceCount": count}]})

    def _canary(self, share: int | None, image: str) -> None:
        self._put({"canary": None if share is None else {"trafficPercent": share, "model": model(image)}})

    def _set(self, name: str, value: Any) -> None:
        self._put({name: value})

    def _put(self, part: dict[str, Any]) -> None:
        spec = {name: value for name, value in (self.wanted | part).items() if value is not None}
        if self._there():
            try:
                self.play.kubernetes.replace_spec(WEB, spec)
            except Invalid:
                return
        self.wanted = spec

    def _apply(self) -> None:
        if not self._there():
            self.play.apply({**web(), "spec": self.wanted})

    def _fault(self, effect: str, operation: str, times: int) -> None:
        self.play.amazon.core.faults.by_name(effect)(operation, times=times)

    def _kubernetes_fault(self, names: Sequence[str]) -> None:
        self.play.around.faults.extend(names)

    def _fail(self, reason: str, at: str | None) -> None:
        fail(self.play, reason=reason, at=at, times=1)

    def _maintain(self) -> None:
        if any(one.status == "InService" for one in self.play.jobs("Endpoint")):
            self.play.amazon.core.scenarios.maintain("Endpoint", "", seconds=100)

    def _scale_in_console(self) -> None:
        for one in self.play.jobs("Endpoint"):
            if one.status == "InService":
                asked = [{"VariantName": "main", "DesiredInstanceCount": 2}]
                request = {"EndpointName": one.name, "DesiredWeightsAndCapacities": asked}
                self.play.amazon.core.service.call("UpdateEndpointWeightsAndCapacities", request, one.place)

    def _look(self) -> None:
        self.play.annotate(WEB, reconcile_requested_at=str(self.play.seconds))

    def _pause(self, value: bool) -> None:
        self.play.annotate(WEB, paused="true" if value else None)

    def _delete(self, cascade: Any) -> None:
        self.play.delete(WEB, cascade=cascade)

    def _delete_child(self, number: int) -> None:
        made = [one for one in self.play.kubernetes if one["kind"] in ("EndpointConfig", "Model")]
        if made:
            self.play.kubernetes.delete(_key(made[number % len(made)]))

    def _kill(self) -> None:
        self.play.kill()

    def _restart(self) -> None:
        self.play.restart()

    def _die_in(self, moments: int) -> None:
        self.play.die_in(moments)

    # What must hold

    def look(self, *_: Any) -> None:
        """The configuration that SageMaker uses exists, and its models, in SageMaker and as objects."""
        configs = {one.name: one for one in self.play.jobs("EndpointConfig")}
        models = {one.name for one in self.play.jobs("Model")}
        objects = {(one.get("status") or {}).get("endpointConfigName") for one in self.play.kubernetes}
        for endpoint in self.play.jobs("Endpoint"):
            if endpoint.status in ("Deleting", "Failed") or endpoint.gone:
                continue
            used = {endpoint.spec["EndpointConfigName"], (endpoint.pending or endpoint.spec)["EndpointConfigName"]}
            for name in used:
                config = configs.get(name)
                needed = () if config is None else (v["ModelName"] for v in config.spec["ProductionVariants"])
                if config is None or name not in objects or not models.issuperset(needed):
                    self.missing.append(
                        f"at {self.play.seconds:.1f} s {endpoint.status} uses {name}, which lacks something"
                    )

    def wrong(self, _: Any) -> Iterator[str]:
        """What is missing at the moment, for the rehearsal to complain of."""
        self.look()
        found, self.missing = self.missing, []
        yield from found

    def settle(self) -> None:
        """Everything works again and nobody edits any more: then it rests in the state that it tells of."""
        play = self.play
        play.around.faults.clear()
        play.amazon.core.faults.clear()
        play.amazon.core.scenarios.clear()
        play.around.each = lambda _: False
        play.annotate(WEB, paused=None)
        # By then everything that was refused is asked for again.
        play.run(5000)
        play.until("it has come to rest", self._rests, within=20_000)
        play.run(60)
        play.quiet(4000)
        if self._there():
            self._is_honest()

    def end(self) -> None:
        """Once it is deleted nothing of it is left."""
        self.play.delete(WEB)
        self.play.until("nothing is left", lambda: not self._there() and left(self.play) == NOTHING, within=20_000)

    def _rests(self) -> bool:
        found = self.play.kubernetes.get(WEB)
        if found is None:
            return True
        current = self.play.status(WEB)["observedGeneration"] == found["metadata"]["generation"]
        done = settled(self.play) or self.play.says(WEB, "Suspended") or self.play.says(WEB, "Stalled")
        return "deletionTimestamp" not in found["metadata"] and current and done

    def _is_honest(self) -> None:
        play = self.play
        told = play.condition(WEB, "Stalled")
        if play.says(WEB, "Suspended"):
            assert self.wanted.get("stopped")
            assert play.jobs("Endpoint") == []
        elif told:
            assert told["reason"] in HONEST, play.told(WEB)
            assert ("rollbackTo" in self.wanted) or told["reason"] in ("RolledBack", "Failed"), play.told(WEB)
        elif "rollbackTo" in self.wanted:
            number = self.wanted["rollbackTo"]
            assert (number, "InService") in [(r["revision"], r["outcome"]) for r in play.status(WEB)["revisions"]]
        else:
            self._serves_what_is_wanted()

    def _serves_what_is_wanted(self) -> None:
        canary = self.wanted.get("canary")
        described = [*self.wanted["productionVariants"], *([canary] if canary else [])]
        names = [one["model"]["primaryContainer"]["image"].split("/")[1].split(":")[0] for one in described]
        assert images(self.play) == names, self.play.told(WEB)
        (endpoint,) = self.play.jobs("Endpoint")
        weights = [variant["CurrentWeight"] for variant in endpoint.facts["ProductionVariants"]]
        share = canary["trafficPercent"] if canary else 0
        assert weights == ([100 - share, share] if canary else [1]), self.play.told(WEB)


def _key(found: dict[str, Any]) -> Any:
    metadata = found["metadata"]
    return WEB._replace(kind=found["kind"], namespace=metadata["namespace"], name=metadata["name"])


def examples(test: Callable[..., None]) -> Callable[..., None]:
    """As many examples as somebody asks for, or always the same few."""
    return settings(
        max_examples=EXAMPLES or 30,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        # To explain a failure takes a hundred times as long as to find it.
        phases=[Phase.generate, Phase.shrink],
    )(test)


@examples
@given(
    todo=st.lists(steps(), max_size=16),
    nature=st.tuples(st.sampled_from([None, 0.5, 2.5]), st.sampled_from([0.0, 0.0, 2.0])),
    early=st.booleans(),
)
def test_no_fate_takes_away_what_serves_or_leaves_anything_behind(
    todo: list[Step], nature: tuple[float | None, float], early: bool
) -> None:
    straggle, lag = nature
    play = Rehearsal(straggle=straggle)
    with play:
        fate = Fate(play)
        play.checks.append(fate.wrong)
        play.amazon.listen(fate.look)
        play.amazon.core.lags.set(reads=lag)
        fate.do(("apply",))
        if not early:
            play.run(300)
        for step in todo:
            fate.do(step)
        fate.settle()
        event(play.status(WEB).get("phase", "gone"))
        note(play.told(WEB))
        fate.end()
        assert not fate.missing, fate.missing


def test_a_model_that_is_unwanted_before_sagemaker_shows_it_is_deleted_all_the_same() -> None:
    with Rehearsal() as play:
        fate = Fate(play)
        play.amazon.core.lags.set(reads=2.0)
        fate.do(("apply",))
        play.run(300)
        for step in (("edit", "two", 1), ("wait", 0.005), ("set", "rollbackTo", 1)):
            fate.do(step)
        fate.settle()

        play.delete(WEB)
        play.run(400)

        assert left(play) == NOTHING
