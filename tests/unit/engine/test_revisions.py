"""What the list of revisions says: what was tried, what became of it, and what SageMaker may be using."""

from dataclasses import replace
from typing import Any

import pytest
from making import facts, known, reply, resource

from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Missing, Present, Unlooked
from sagemaker_operator.engine.readiness import assess
from sagemaker_operator.engine.revisions import in_use, pending, revisions
from sagemaker_operator.engine.steps import Intend, Verb
from sagemaker_operator.engine.target import Target

ROLLING = {"PendingDeploymentSummary": {"EndpointConfigName": "c2"}}


def revision(number: int, outcome: str, **more: Any) -> dict[str, Any]:
    """A revision whose object is called rN, and its configuration in SageMaker cN."""
    told = {"revision": number, "name": f"r{number}", "endpointConfigName": f"c{number}", "outcome": outcome}
    return {**told, "time": f"2026-01-0{number}T00:00:00Z", **more}


def endpoint(
    wanted: int, status: str = "InService", *, has: int = 1, before: tuple[Any, ...] = (), **given: Any
) -> Facts:
    """An endpoint that has one configuration, and whose manifest asks for another."""
    told = reply("Endpoint", status, EndpointConfigName=f"c{has}", **given.pop("told", {}))
    spec = {"endpointConfigName": f"c{wanted}", **given.pop("spec", {})}
    remembered = known("Endpoint", revisions=[dict(one) for one in before], endpointConfigName=f"c{has}")
    start = facts(about=resource("Endpoint", spec=spec, status=remembered), observed=Present(told), **given)
    assert isinstance(start.target, Target)
    return replace(start, target=replace(start.target, revision=f"r{wanted}"))


def listed(given: Facts) -> list[tuple[int, str]]:
    return [(one["revision"], one["outcome"]) for one in revisions(given, assess(given))]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (endpoint(1), [(1, "InService")]),
        (endpoint(1, "Creating"), [(1, "RollingOut")]),
        (endpoint(1, "Failed"), [(1, "Failed")]),
        (endpoint(2, before=(revision(1, "InService"),), done=(Verb.UPDATE,)), [(1, "InService"), (2, "RollingOut")]),
        (
            endpoint(2, "Updating", before=(revision(1, "InService"),), told=ROLLING),
            [(1, "InService"), (2, "RollingOut")],
        ),
        (
            endpoint(2, has=2, before=(revision(1, "InService"), revision(2, "RollingOut"))),
            [(1, "Superseded"), (2, "InService")],
        ),
    ],
)
def test_a_revision_says_what_becomes_of_it(given: Facts, said: list[tuple[int, str]]) -> None:
    assert listed(given) == said


def test_to_return_during_a_roll_out_does_not_make_what_serves_roll_out() -> None:
    before = (revision(1, "InService"), revision(2, "RollingOut"))

    assert listed(endpoint(1, "Updating", before=before, told=ROLLING)) == [(1, "InService"), (2, "RollingOut")]


@pytest.mark.parametrize(
    ("told", "has", "said"),
    [
        ({"FailureReason": "no ping"}, 1, [(1, "InService"), (2, "RolledBack")]),
        ({}, 1, [(1, "InService"), (2, "Superseded")]),
        ({}, 2, [(1, "Superseded"), (2, "InService")]),
    ],
)
def test_a_roll_out_that_nobody_wants_any_more_ends_as_sagemaker_tells(
    told: dict[str, Any], has: int, said: list[tuple[int, str]]
) -> None:
    before = (revision(1, "InService"), revision(2, "RollingOut"))

    found = revisions(given := endpoint(3, before=before, told=told, has=has), assess(given))

    assert [(one["revision"], one["outcome"]) for one in found] == said
    assert [one.get("message") for one in found][1] == told.get("FailureReason")


def test_what_was_never_begun_and_is_not_wanted_any_more_is_no_revision() -> None:
    before = (revision(1, "InService"), revision(2, "Pending"))

    assert listed(endpoint(1, before=before)) == [(1, "InService")]
    assert listed(endpoint(2, before=before)) == [(1, "InService"), (2, "Pending")]


def test_a_revision_is_over_when_the_manifest_names_a_configuration_instead() -> None:
    given = endpoint(9, has=9, before=(revision(1, "Superseded"), revision(2, "InService")))
    assert isinstance(given.target, Target)

    assert listed(replace(given, target=replace(given.target, revision=""))) == [(1, "Superseded"), (2, "Superseded")]


def test_what_is_about_to_be_used_is_written_down_once() -> None:
    given = endpoint(2, before=(revision(1, "InService"),))

    told = pending(given)

    assert [(one["revision"], one["outcome"]) for one in told["revisions"]] == [(1, "InService"), (2, "Pending")]
    after = replace(given.resource, status={**given.resource.status, **told})
    assert pending(replace(given, resource=after)) == {}
    assert pending(endpoint(1)) == {}


def asked(given: Facts) -> list[str]:
    """What is written down of revisions in the next step."""
    step = decide(given)
    assert isinstance(step, Intend), step
    return [one["outcome"] for one in step.status["revisions"]]


def test_no_revision_is_asked_for_before_it_is_written_down() -> None:
    tags = endpoint(2).target.tags  # type: ignore[union-attr]
    update = replace(endpoint(2, before=(revision(1, "InService"),)), tags=tags)
    begun = decide(update)
    assert isinstance(begun, Intend)
    status = {**update.resource.status, "lastUpdate": begun.status["lastUpdate"]}
    first = replace(update, resource=replace(update.resource, status={"observedGeneration": -1}), observed=Unlooked())
    again = replace(endpoint(2, before=(revision(1, "Superseded"),)), observed=Missing(), misses=3)

    assert asked(update) == ["InService", "Pending"]
    assert asked(replace(update, resource=replace(update.resource, status=status))) == ["InService", "Pending"]
    assert asked(first) == ["Pending"]
    assert asked(again) == ["Superseded", "Pending"]


def test_what_is_to_be_created_is_written_down_as_well() -> None:
    given = replace(endpoint(2, before=(revision(1, "Superseded"),)), observed=Missing())

    assert [one["outcome"] for one in pending(given)["revisions"]] == ["Superseded", "Pending"]


@pytest.mark.parametrize(
    ("status", "used"),
    [
        ({}, set()),
        ({"endpointConfigName": "c1"}, {"c1"}),
        ({"pendingDeploymentSummary": {"endpointConfigName": "c3"}}, {"c3"}),
        ({"revisions": [revision(1, "Pending"), revision(2, "RollingOut")]}, {"c1", "c2"}),
        ({"revisions": [revision(1, "RolledBack"), revision(2, "Superseded"), revision(3, "Failed")]}, set()),
        ({"endpointStatus": "UpdateRollbackFailed", "revisions": [revision(2, "RolledBack")]}, {"c2"}),
    ],
)
def test_what_sagemaker_may_use_is_told_from_a_status(status: dict[str, Any], used: set[str]) -> None:
    assert in_use(status) == used


@pytest.mark.parametrize(("limit", "kept"), [(0, [4, 5]), (1, [3, 4, 5]), (2, [2, 3, 4, 5]), (9, [1, 2, 3, 4, 5])])
def test_the_latest_of_those_that_are_not_in_use_are_kept(limit: int, kept: list[int]) -> None:
    before = (*(revision(number, "Superseded") for number in (1, 2, 3)), revision(4, "InService"))
    given = endpoint(5, before=before, has=4, done=(Verb.UPDATE,), spec={"revisionHistoryLimit": limit})

    assert [number for number, _ in listed(given)] == kept


def test_numbers_are_not_given_twice_while_they_are_remembered() -> None:
    given = endpoint(9, before=(revision(2, "Superseded"), revision(7, "InService")), has=7, done=(Verb.UPDATE,))

    assert listed(given) == [(2, "Superseded"), (7, "InService"), (8, "RollingOut")]
