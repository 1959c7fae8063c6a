"""What holds for every schedule, whatever befalls its jobs, its clock and the operator."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from schedules import Play

from sagemaker_operator.composites.cron.history import SCHEDULED
from sagemaker_operator.engine.times import read

LIMITS = {"successfulJobsHistoryLimit": True, "failedJobsHistoryLimit": False}


class AnySchedule(RuleBasedStateMachine):
    """A schedule, its users and its luck."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play({"schedule": "*/10 * * * *", "timeZone": "Europe/Berlin"})
        self.at_once: set[tuple[str, ...]] = set()

    @rule(minutes=st.integers(1, 300), survives=st.one_of(st.integers(0, 6), st.just(99)))
    def time_passes(self, minutes: int, survives: int) -> None:
        self.play.pass_time(minutes=minutes)
        self._work(survives)

    @rule(survives=st.integers(0, 6))
    def the_operator_is_cut_off(self, survives: int) -> None:
        self._work(survives)

    @rule(minutes=st.integers(1, 2000))
    def the_clock_is_put_back(self, minutes: int) -> None:
        self.play.pass_time(minutes=-minutes)
        self._work()

    @precondition(lambda self: any(not child.finished for child in self.play.children.values()))
    @rule(data=st.data(), succeeded=st.booleans(), noticed=st.booleans())
    def a_job_ends(self, data: st.DataObject, succeeded: bool, noticed: bool) -> None:
        running = sorted(name for name, child in self.play.children.items() if not child.finished)
        self.play.end(data.draw(st.sampled_from(running)), succeeded=succeeded)
        if noticed:
            self._work()

    @precondition(lambda self: self.play.children)
    @rule(data=st.data())
    def somebody_deletes_a_job(self, data: st.DataObject) -> None:
        # The name of one that nobody has taken note of yet is free again: see the rule for those.
        known = [name for name in sorted(self.play.children) if self._noted(name)]
        if known:
            del self.play.children[data.draw(st.sampled_from(known))]

    @rule(
        edit=st.fixed_dictionaries(
            {},
            optional={
                "schedule": st.sampled_from(["*/10 * * * *", "0 * * * *", "0 2 * * *", "61 * * * *", "30 1-3 * * 0"]),
                "timeZone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Nowhere"]),
                "concurrencyPolicy": st.sampled_from(["Allow", "Forbid", "Replace"]),
                "startingDeadlineSeconds": st.sampled_from([0, 30, 900, 86_400]),
                "suspend": st.booleans(),
                "successfulJobsHistoryLimit": st.integers(0, 3),
                "failedJobsHistoryLimit": st.integers(0, 3),
            },
        )
    )
    def somebody_edits_it(self, edit: dict[str, Any]) -> None:
        self.play.spec |= edit
        self._work()

    @invariant()
    def no_time_has_two_jobs(self) -> None:
        assert len(set(self.play.made)) == len(self.play.made)

    @invariant()
    def no_job_is_made_before_its_time(self) -> None:
        for child in self.play.children.values():
            due, created = read(child.annotations[SCHEDULED]), read(child.created)
            assert due is not None
            assert created is not None
            assert due <= created + timedelta(seconds=1)

    @invariant()
    def when_all_is_done_nothing_is_left_to_do_and_the_history_is_short(self) -> None:
        self._work()
        before = dict(self.play.status), list(self.play.made), dict(self.play.children)

        plan = self.play.step()

        assert (dict(self.play.status), list(self.play.made), dict(self.play.children)) == before
        assert plan.create == ()
        for limit, succeeded in LIMITS.items():
            kept = [c for c in self.play.children.values() if c.finished and c.succeeded == succeeded]
            assert len(kept) <= self.play.spec.get(limit, 3 if succeeded else 1)
        assert self.play.status["activeCount"] == len(self.play.active)

    def _noted(self, name: str) -> bool:
        due, last = (
            read(self.play.children[name].annotations[SCHEDULED]),
            read(self.play.status.get("lastScheduleTime")),
        )
        return due is not None and last is not None and due <= last

    def _work(self, survives: int = 99) -> None:
        """The operator works, and no job begins beside another unless that is allowed."""
        running = {name for name, child in self.play.children.items() if not child.finished}
        before = len(self.play.made)
        self.play.step(survives=survives)
        if self.play.spec.get("concurrencyPolicy", "Allow") != "Allow":
            assert len(self.play.made) - before <= (0 if running else 1)


AnySchedule.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
test_whatever_happens_to_a_schedule_its_rules_hold = AnySchedule.TestCase
