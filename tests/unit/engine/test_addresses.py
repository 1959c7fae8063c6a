"""Resources whose ids SageMaker chooses: how they are addressed, found again, and made anew."""

from dataclasses import replace
from typing import Any

from making import facts, known, resource

from sagemaker_operator.engine import address
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Missing
from sagemaker_operator.engine.report import status
from sagemaker_operator.engine.steps import Call, Intend, Verb
from sagemaker_operator.engine.target import Target
from sagemaker_operator.engine.verdict import ready
from sagemaker_operator.kinds import KINDS

DOMAIN = "arn:aws:sagemaker:eu-west-1:123456789012:domain/d-abc"
CREATED = {"DomainArn": DOMAIN, "DomainId": "d-abc"}


def domain(**told: Any) -> Facts:
    return facts("Domain", about=resource("Domain", status={"domainName": "digits", "attempt": 1, **told}))


def test_an_id_is_known_from_the_reply_of_create_or_else_from_the_arn() -> None:
    family = KINDS["Domain"].family

    assert address.assigned(family, {"DomainArn": DOMAIN, "Url": "https://…"}) == CREATED
    assert address.assigned(KINDS["ImageVersion"].family, {"ImageVersionArn": "arn:…:image-version/digits/3"}) == {
        "ImageVersionArn": "arn:…:image-version/digits/3",
        "Version": 3,
    }
    assert address.assigned(KINDS["DeviceFleet"].family, {}) == {}


def test_nothing_can_be_asked_about_a_resource_before_its_id_is_known() -> None:
    assert address.asked(domain(), "DescribeDomain") is None
    assert address.asked(domain(domainID="d-abc"), "DescribeDomain") == {"DomainId": "d-abc"}


def test_the_id_is_written_into_the_status_with_the_arn() -> None:
    about = domain()
    assert isinstance(about.target, Target)
    made = replace(about, created=CREATED, tags=about.target.tags)

    told = status(made, ready("Ready", "It is there."), "2026-01-01T00:00:00Z")

    assert (told["domainID"], told["arn"]) == ("d-abc", DOMAIN)


def test_a_resource_that_was_deleted_behind_our_back_is_made_anew_under_a_new_id() -> None:
    gone = facts(
        "Domain", about=resource("Domain", status=known("Domain", domainID="d-old")), observed=Missing(), misses=3
    )

    step = decide(gone)

    assert isinstance(step, Intend)
    assert step.status == {"attempt": 2, "arn": None, "domainID": None}


def test_a_repeated_create_carries_the_same_token_and_that_of_another_attempt_another() -> None:
    def token(attempt: int) -> str:
        about = resource("Pipeline", status={"pipelineName": "digits", "attempt": attempt})
        step = decide(facts("Pipeline", about=about, observed=Missing()))
        assert isinstance(step, Call)
        assert step.verb is Verb.CREATE
        return str(step.request["ClientRequestToken"])

    assert token(1) == token(1) != token(2)


def test_where_the_token_is_all_that_tells_requests_apart_a_new_attempt_has_a_new_one() -> None:
    about = resource("ModelPackage", status=known("ModelPackage"))

    step = decide(facts("ModelPackage", about=about, observed=Missing(), misses=3))

    assert isinstance(step, Intend)
    assert step.status["clientToken"] not in ("digits", None)


def test_a_version_of_a_model_package_carries_no_tags() -> None:
    about = resource("ModelPackage", status={"clientToken": "team-a-digits", "attempt": 1})

    step = decide(facts("ModelPackage", about=about, observed=Missing()))

    assert isinstance(step, Call)
    assert "Tags" not in step.request
