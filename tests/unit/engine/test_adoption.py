"""Taking over what is there already: by its name, or as the one resource that an annotation names."""

from dataclasses import replace
from typing import Any

import pytest
from making import ARN, facts, reply, resource

from sagemaker_operator.engine import ownership
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Missing, Present
from sagemaker_operator.engine.naming import generated_name
from sagemaker_operator.engine.resource import ADOPT, Resource
from sagemaker_operator.engine.steps import AskOwner, Call, Look, Release, Rest
from sagemaker_operator.kinds import KINDS

EXECUTION = "PipelineExecution"
OTHER = "arn:aws:sagemaker:eu-west-1:123456789012:model/another"


def adopting(kind: str, *, arn: str | None = None, **spec: Any) -> Resource:
    """A custom resource whose name was chosen a moment ago."""
    status = {KINDS[kind].identity_field: "digits", "attempt": 1}
    made = replace(resource(), kind=KINDS[kind], spec={}) if kind == EXECUTION else resource(kind)
    return replace(made, spec={**made.spec, **spec}, status=status, annotations={ADOPT: arn} if arn else {})


@pytest.mark.parametrize("kind", ["TrainingJob", "Endpoint", "Domain"])
def test_what_is_to_be_adopted_is_looked_for_before_anything_is_created(kind: str) -> None:
    assert decide(facts(kind, about=adopting(kind, adoptionPolicy="IfUnowned"), named=True)) == Look()
    assert isinstance(decide(facts(kind, about=adopting(kind), named=True)), Call)


def test_an_arn_is_reason_enough_to_adopt_what_nobody_owns() -> None:
    seen = Present(reply("Model"))

    unowned = decide(facts("Model", about=adopting("Model", arn=ARN), observed=seen, tags={}))
    owned = decide(facts("Model", about=adopting("Model", arn=ARN), observed=seen, tags={ownership.UID: "another"}))

    assert isinstance(unowned, Call)
    assert unowned.operation == "AddTags"
    assert isinstance(owned, Rest)


def test_an_arn_that_leads_nowhere_makes_nothing() -> None:
    for kind in ("TrainingJob", EXECUTION):
        step = decide(facts(kind, about=adopting(kind, arn=ARN), observed=Missing(), misses=3))

        assert isinstance(step, Rest)
        assert step.verdict is not None
        assert (step.verdict.reason, ARN in step.verdict.message) == ("NotFound", True)


def test_another_resource_of_that_name_than_the_arn_says_is_left_alone() -> None:
    about = adopting("Model", arn=OTHER, adoptionPolicy="Always")

    step = decide(facts("Model", about=about, observed=Present(reply("Model")), tags={}))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.reason == "NameConflict"
    assert OTHER in step.verdict.message


def execution(*, arn: str | None, deleting: bool = False) -> Facts:
    """What is known of an execution, which cannot carry tags, under the name that the operator gives it."""
    about = replace(adopting(EXECUTION, arn=arn), deleting=deleting)
    name = generated_name(about, attempt=1)
    about = replace(about, status={**about.status, "pipelineExecutionDisplayName": name})
    return facts(EXECUTION, about=about, observed=Present(reply(EXECUTION, "Executing")))


def test_what_cannot_carry_tags_is_adopted_by_its_arn() -> None:
    step = decide(execution(arn=ARN))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.reason == "Executing"


def test_what_was_to_be_adopted_and_was_not_yet_is_not_stopped_or_deleted() -> None:
    assert isinstance(decide(execution(arn=ARN, deleting=True)), Release)
    assert isinstance(decide(execution(arn=None, deleting=True)), Call)


DOMAIN = "arn:aws:sagemaker:eu-west-1:123456789012:domain/d-abc"


def listed(*, tags: dict[str, str] | None = None, deleting: bool = False, **spec: Any) -> Facts:
    """What is known of a domain after a list told of one by that name: SageMaker chose its id."""
    about = replace(adopting("Domain", **spec), deleting=deleting)
    told = {"DomainArn": DOMAIN, "DomainId": "d-abc"}
    return facts("Domain", about=about, found=told, observed=Present({**told, "Status": "InService"}), tags=tags)


def test_a_resource_that_a_list_tells_of_is_not_ours_because_of_its_name() -> None:
    assert decide(listed()) == AskOwner(DOMAIN)
    assert decide(listed(deleting=True)) == AskOwner(DOMAIN)

    foreign = decide(listed(tags={}))

    assert isinstance(foreign, Rest)
    assert foreign.verdict is not None
    assert foreign.verdict.reason == "NameConflict"
    assert isinstance(decide(listed(tags={}, deleting=True)), Release)


def test_a_resource_that_a_list_tells_of_is_marked_when_it_is_adopted() -> None:
    step = decide(listed(tags={}, adoptionPolicy="IfUnowned"))

    assert isinstance(step, Call)
    assert (step.operation, step.request["ResourceArn"]) == ("AddTags", DOMAIN)
