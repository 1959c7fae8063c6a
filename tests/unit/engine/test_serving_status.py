"""What the status of an endpoint tells in short: its phase, its address, its traffic, and how far a roll-out is."""

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from making import condition, facts, known, reply, resource

from sagemaker_operator.engine import hosting, links
from sagemaker_operator.engine.facts import Facts, Missing, Present
from sagemaker_operator.engine.steps import Verb
from sagemaker_operator.engine.traffic import instances, summary, traffic
from sagemaker_operator.engine.verdict import Reason, Verdict, ready, reconciling

ENDPOINT = "arn:{partition}:sagemaker:{region}:123456789012:endpoint/web"
FINE = ready("InService", "fine")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def variant(name: str, weight: float, count: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "VariantName": name,
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": count,
        **more,
    }


def seen(status: str = "InService", *, before: dict[str, Any] | None = None, **told: Any) -> Facts:
    about = resource("Endpoint", status=known("Endpoint", **(before or {})))
    return facts(about=about, observed=Present(reply("Endpoint", status, EndpointConfigName="one", **told)))


def test_traffic_is_shares_of_all_weights() -> None:
    told = traffic({"ProductionVariants": [variant("main", 9, 3), variant("canary", 1)]}, {"main": "digits-1"})

    assert summary(told) == "main 90%, canary 10%"
    assert instances(told) == 4
    assert told[0] == {
        "variantName": "main",
        "modelName": "digits-1",
        "weight": 9,
        "desiredWeight": 9,
        "instances": 3,
        "desiredInstances": 3,
        "percent": 90,
    }


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ((1,), "a 100%"),
        ((1, 0), "a 100%, b 0%"),
        ((999, 1), "a 100%, b <1%"),
        ((0, 0), "a 0%, b 0%"),
        ((1, 1, 1), "a 33%, b 33%, c 33%"),
    ],
)
def test_a_line_tells_who_gets_how_much(weights: tuple[float, ...], said: str) -> None:
    variants = [variant(name, weight) for name, weight in zip("abc", weights, strict=False)]

    assert summary(traffic({"ProductionVariants": variants}, {})) == said


def test_shadow_variants_have_instances_and_no_share() -> None:
    told = traffic(
        {"ProductionVariants": [variant("main", 1)], "ShadowProductionVariants": [variant("next", 1, 2)]}, {}
    )

    assert summary(told) == "main 100%, next shadow"
    assert instances(told) == 3
    assert "percent" not in told[1]


def test_a_serverless_variant_has_no_instances() -> None:
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 1}
    shown = {"VariantName": "main", "CurrentWeight": 1.0, "CurrentServerlessConfig": serverless}

    told = traffic({"ProductionVariants": [shown]}, {})

    assert (told[0]["memorySizeInMB"], told[0]["maxConcurrency"], told[0]["provisionedConcurrency"]) == (2048, 5, 1)
    assert instances(told) is None


@pytest.mark.parametrize(
    "region",
    ["us-east-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"],
)
def test_the_address_is_the_one_that_sdks_call(region: str) -> None:
    session = botocore.session.get_session()
    session.set_credentials("a", "b")
    client = session.create_client("sagemaker-runtime", region_name=region)
    arn = ENDPOINT.format(partition=session.get_partition_for_region(region), region=region)

    assert links.runtime(arn, "web") == f"{client.meta.endpoint_url}/endpoints/web/invocations"


@pytest.mark.parametrize(
    ("override", "address"),
    [
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/endpoints/web/invocations"),
        (
            "https://vpce-1.api.sagemaker.us-east-1.vpce.amazonaws.com",
            "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/web/invocations",
        ),
        (
            "https://api-fips.sagemaker.us-east-1.amazonaws.com",
            "https://runtime-fips.sagemaker.us-east-1.amazonaws.com/endpoints/web/invocations",
        ),
    ],
)
def test_an_emulator_is_asked_for_predictions_too_and_a_private_door_to_the_control_plane_is_not(
    override: str, address: str
) -> None:
    arn = ENDPOINT.format(partition="aws", region="us-east-1")

    assert links.runtime(arn, "web", override=override) == address


def test_every_name_of_aws_is_known_as_one() -> None:
    arn = ENDPOINT.format(partition="aws", region="us-east-1")
    outputs = [one["outputs"] for one in botocore.session.get_session().get_data("partitions")["partitions"]]

    for suffix in (one[name] for one in outputs for name in ("dnsSuffix", "dualStackDnsSuffix")):
        address = links.runtime(arn, "web", override=f"https://api.sagemaker.region.{suffix}")
        assert address == "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/web/invocations", suffix


def test_no_address_is_better_than_a_wrong_one() -> None:
    assert links.runtime(ENDPOINT.format(partition="aws-moon", region="moon-1"), "web") is None


def test_an_asynchronous_endpoint_has_another_path() -> None:
    told = hosting.told(seen(AsyncInferenceConfig={"OutputConfig": {}}), FINE)

    assert told["url"].endswith("/endpoints/digits/async-invocations")


@pytest.mark.parametrize("status", ["Creating", "InService", "RollingBack", "SystemUpdating", "UpdateRollbackFailed"])
def test_a_phase_is_sagemakers_word_where_it_has_one(status: str) -> None:
    assert hosting.phase(seen(status), FINE) == status


@pytest.mark.parametrize(
    ("now", "verdict", "said"),
    [
        (facts("Endpoint"), reconciling(Reason.DEPENDENCY_NOT_READY, "m"), "Pending"),
        (facts("Endpoint"), reconciling(Reason.CREATING, "m"), "Creating"),
        (facts("Endpoint", done=(Verb.UPDATE,)), FINE, "Updating"),
        (facts("Endpoint", done=(Verb.DELETE,)), FINE, "Deleting"),
        (facts(about=resource("Endpoint", deleting=True)), FINE, "Deleting"),
        (facts("Endpoint"), Verdict(FINE.state, "Stopped", "m", suspended=True), "Stopped"),
    ],
)
def test_where_sagemaker_has_no_word_the_phase_is_what_was_done(now: Facts, verdict: Verdict, said: str) -> None:
    assert hosting.phase(now, verdict) == said


def test_a_look_that_failed_changes_neither_phase_nor_traffic() -> None:
    before = {"phase": "InService", "traffic": [{"variantName": "main"}], "trafficSummary": "main 100%", "instances": 1}
    blind = facts(about=resource("Endpoint", status=known("Endpoint", url="u", **before)))

    told = hosting.told(blind, FINE)

    assert told == {**before, "url": "u", "deployment": None}


def test_what_is_gone_has_no_traffic() -> None:
    before = {"traffic": [{"variantName": "main"}], "url": "u", "deployment": {"stage": "Baking"}}
    gone = facts(about=resource("Endpoint", status=known("Endpoint", **before)), observed=Missing())

    assert [name for name, part in hosting.told(gone, FINE).items() if part is not None] == ["phase"]


def test_a_roll_out_tells_its_stage() -> None:
    pending = {
        "EndpointConfigName": "two",
        "StartTime": BEGAN,
        "ProductionVariants": [
            variant("main", 0, VariantStatus=[{"Status": "Baking", "StatusMessage": "Baking.", "StartTime": BEGAN}])
        ],
    }

    told = hosting.told(seen("Updating", PendingDeploymentSummary=pending), FINE)["deployment"]

    assert (told["stage"], told["endpointConfigName"], told["startTime"]) == ("Baking", "two", "2026-01-01T00:00:00Z")
    assert told["variants"][0]["message"] == "Baking."
    assert hosting.told(seen(before={"deployment": told}), FINE)["deployment"] is None


def test_a_model_keeps_its_variant_while_the_next_one_rolls_out() -> None:
    before = {"endpointConfigName": "one", "traffic": [{"variantName": "main", "modelName": "digits-1"}]}

    told = hosting.told(seen("Updating", before=before, ProductionVariants=[variant("main", 1)]), FINE)

    assert told["traffic"][0]["modelName"] == "digits-1"


@pytest.mark.parametrize(
    ("capture", "said"),
    [
        ({"EnableCapture": True, "CaptureStatus": "Started"}, [("DataCaptureReady", "True", "Started")]),
        ({"EnableCapture": True, "CaptureStatus": "Stopped"}, [("DataCaptureReady", "False", "Stopped")]),
        ({"EnableCapture": False, "CaptureStatus": "Stopped"}, []),
        ({}, []),
    ],
)
def test_data_capture_has_its_own_condition(capture: dict[str, Any], said: list[tuple[str, str, str]]) -> None:
    told = hosting.asides(seen(DataCaptureConfig=capture))

    assert [(one.type, one.status, one.reason) for one in told] == said


@pytest.mark.parametrize("status", ["SystemUpdating", "OutOfService", "UpdateRollbackFailed"])
def test_what_an_operator_of_services_must_know_has_its_own_condition_and_only_while_it_is_so(status: str) -> None:
    assert [one.type for one in hosting.asides(seen(status))] == [status]
    assert list(hosting.asides(seen(before={"conditions": [condition(status)]}))) == []


def test_a_look_that_failed_leaves_the_conditions_as_they_are() -> None:
    conditions = [condition("Ready"), condition("DataCaptureReady", reason="Started"), condition("OutOfService")]
    blind = facts(about=resource("Endpoint", status=known("Endpoint", conditions=conditions)))

    assert {one.type for one in hosting.asides(blind)} == {"DataCaptureReady", "OutOfService"}


def test_a_row_of_a_list_tells_the_state_and_nothing_of_data_capture() -> None:
    conditions = [condition("Ready"), condition("DataCaptureReady", reason="Started"), condition("OutOfService")]
    about = resource("Endpoint", status=known("Endpoint", conditions=conditions))
    row = facts(about=about, observed=Present(reply("Endpoint", "SystemUpdating"), complete=False))

    assert {one.type for one in hosting.asides(row)} == {"DataCaptureReady", "SystemUpdating"}
