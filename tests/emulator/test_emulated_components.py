"""Inference components on an endpoint whose variants name no model, through boto3."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, endpoint_config, model, refused, serving_endpoint

from sagemaker_local.emulator import Emulator

SPEC = {"ModelName": "digits", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 512}}
OWN = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:2", "ArtifactUrl": "s3://bucket/model.tar.gz"}
ABSENT = ("ValidationException", f'Could not find inference component "{arn("inference-component/llama")}".')


def component(name: str = "llama", **members: Any) -> dict[str, Any]:
    return {
        "InferenceComponentName": name,
        "EndpointName": "host",
        "VariantName": "AllTraffic",
        "Specification": SPEC,
        "RuntimeConfig": {"CopyCount": 2},
        **members,
    }


def describe(client: Any, name: str = "llama") -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_inference_component(InferenceComponentName=name)
    return answer


def copies(client: Any) -> tuple[int, int]:
    """Current and desired copies."""
    runtime = describe(client)["RuntimeConfig"]
    return runtime["CurrentCopyCount"], runtime["DesiredCopyCount"]


@pytest.fixture
def host(sagemaker: Emulator, client: Any) -> None:
    """An endpoint that can host components."""
    client.create_model(**model())
    bare = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 1}
    client.create_endpoint_config(**endpoint_config("bare", ProductionVariants=[bare], ExecutionRoleArn=ROLE))
    client.create_endpoint(EndpointName="host", EndpointConfigName="bare")
    sagemaker.clock.advance(240)


@pytest.fixture
def llama(sagemaker: Emulator, host: None, client: Any) -> None:
    """A component in service with two copies."""
    client.create_inference_component(**component())
    sagemaker.clock.advance(180)


@pytest.fixture
def alarm(sagemaker: Emulator) -> Iterator[str]:
    """An alarm that is tripped."""
    client = sagemaker.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName="errors", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="Errors",
        Namespace="AWS/SageMaker", Period=60, Threshold=1, Statistic="Sum",
    )  # fmt: skip
    client.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test says so")
    yield "errors"
    client.close()


def test_copies_run_when_the_component_is_in_service(sagemaker: Emulator, host: None, client: Any) -> None:
    client.create_inference_component(**component())

    creating = describe(client)
    sagemaker.clock.advance(180)
    serving = describe(client)

    assert (creating["InferenceComponentStatus"], creating["RuntimeConfig"]["CurrentCopyCount"]) == ("Creating", 0)
    assert (serving["InferenceComponentStatus"], copies(client)) == ("InService", (2, 2))
    assert serving["EndpointArn"] == arn("endpoint/host")
    assert serving["Specification"]["ModelName"] == "digits"


def test_a_container_shows_the_image_that_was_deployed(host: None, client: Any) -> None:
    client.create_inference_component(**component(Specification={**SPEC, "ModelName": "digits", "Container": OWN}))

    shown = describe(client)["Specification"]["Container"]

    assert shown["DeployedImage"]["SpecifiedImage"] == OWN["Image"]
    assert shown["ArtifactUrl"] == OWN["ArtifactUrl"]
    assert "Image" not in shown


def test_what_a_component_needs_has_to_exist(sagemaker: Emulator, host: None, client: Any) -> None:
    serving_endpoint_elsewhere = sagemaker.client(region="eu-west-1")
    create = client.create_inference_component
    assert refused(create, **component(EndpointName="x")) == (
        "ValidationException",
        f'Could not find endpoint "{arn("endpoint/x")}".',
    )
    assert '"Other"' in refused(create, **component(VariantName="Other"))[1]
    said = refused(create, **component(Specification={**SPEC, "ModelName": "x"}))
    assert said == ("ValidationException", f'Could not find model "{arn("model/x")}".')
    assert "Could not find endpoint" in refused(serving_endpoint_elsewhere.create_inference_component, **component())[1]
    base = {"BaseInferenceComponentName": "llama", "Container": OWN}
    assert refused(create, **component("adapter", Specification=base)) == ABSENT


def test_an_endpoint_with_models_hosts_no_components(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)

    code, text = refused(client.create_inference_component, **component(EndpointName="digits"))

    assert code == "ValidationException"
    assert "Inference Components are not supported in this Endpoint." in text


def test_missing_and_duplicate_components_are_refused(host: None, client: Any) -> None:
    for operation in (client.describe_inference_component, client.delete_inference_component):
        assert refused(operation, InferenceComponentName="llama") == ABSENT
    client.create_inference_component(**component())
    assert refused(client.create_inference_component, **component())[0] == "ValidationException"


def test_lists_select_by_endpoint_and_variant(host: None, client: Any) -> None:
    client.create_inference_component(**component())

    def listed(**query: Any) -> list[str]:
        found = client.list_inference_components(**query)["InferenceComponents"]
        return [one["InferenceComponentName"] for one in found]

    assert listed(EndpointNameEquals="host") == listed(VariantNameEquals="AllTraffic") == ["llama"]
    assert listed(EndpointNameEquals="other") == listed(StatusEquals="InService") == []


def test_more_copies_are_wanted_at_once_and_run_later(sagemaker: Emulator, llama: None, client: Any) -> None:
    client.update_inference_component_runtime_config(
        InferenceComponentName="llama", DesiredRuntimeConfig={"CopyCount": 5}
    )

    during = (describe(client)["InferenceComponentStatus"], copies(client))
    sagemaker.clock.advance(60)

    assert during == ("Updating", (2, 5))
    assert (describe(client)["InferenceComponentStatus"], copies(client)) == ("InService", (5, 5))


def test_an_update_rolls_out_in_batches(sagemaker: Emulator, llama: None, client: Any) -> None:
    deployment = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
            "WaitIntervalInSeconds": 100,
        }
    }
    client.update_inference_component(
        InferenceComponentName="llama", Specification={**SPEC, "Container": OWN}, DeploymentConfig=deployment
    )

    sagemaker.clock.advance(359)
    during = describe(client)
    sagemaker.clock.advance(1)
    after = describe(client)

    assert (during["InferenceComponentStatus"], "Container" in during["Specification"]) == ("Updating", False)
    assert (after["InferenceComponentStatus"], "Container" in after["Specification"]) == ("InService", True)
    assert after["LastDeploymentConfig"] == deployment


def test_a_failed_update_returns_to_service_as_before_with_a_reason(
    sagemaker: Emulator, llama: None, client: Any
) -> None:
    sagemaker.scenarios.fail("InferenceComponent", "llama", reason="The container is ill.", at="Updating", times=1)
    client.update_inference_component(
        InferenceComponentName="llama", Specification={**SPEC, "Container": OWN}, RuntimeConfig={"CopyCount": 9}
    )

    sagemaker.clock.advance(80)

    shown = describe(client)
    assert (shown["InferenceComponentStatus"], shown["FailureReason"]) == ("InService", "The container is ill.")
    assert (shown["Specification"], copies(client)) == (SPEC, (2, 2))


def test_an_alarm_brings_the_old_specification_back(sagemaker: Emulator, llama: None, client: Any, alarm: str) -> None:
    deployment = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
            "WaitIntervalInSeconds": 100,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": alarm}]},
    }
    client.update_inference_component(
        InferenceComponentName="llama", Specification={**SPEC, "Container": OWN}, DeploymentConfig=deployment
    )

    sagemaker.clock.advance(100)

    shown = describe(client)
    assert (shown["InferenceComponentStatus"], shown["Specification"]) == ("InService", SPEC)
    assert alarm in shown["FailureReason"]


def test_an_update_needs_something_to_update(llama: None, client: Any) -> None:
    assert refused(client.update_inference_component, InferenceComponentName="llama")[0] == "ValidationException"


def test_a_component_in_progress_is_neither_updated_nor_deleted(host: None, client: Any) -> None:
    client.create_inference_component(**component())

    assert "Creating" in refused(client.delete_inference_component, InferenceComponentName="llama")[1]
    update = {"InferenceComponentName": "llama", "RuntimeConfig": {"CopyCount": 1}}
    assert "Creating" in refused(client.update_inference_component, **update)[1]


def test_a_component_is_deleted_once(sagemaker: Emulator, llama: None, client: Any) -> None:
    client.delete_inference_component(InferenceComponentName="llama")

    again = refused(client.delete_inference_component, InferenceComponentName="llama")
    sagemaker.clock.advance(30)

    assert "DELETE_IN_PROGRESS" in again[1]
    assert refused(client.describe_inference_component, InferenceComponentName="llama") == ABSENT


def test_a_base_goes_after_its_adapters(sagemaker: Emulator, llama: None, client: Any) -> None:
    adapter = {"BaseInferenceComponentName": "llama", "Container": {"ArtifactUrl": "s3://bucket/adapter.tar.gz"}}
    client.create_inference_component(InferenceComponentName="adapter", EndpointName="host", Specification=adapter)
    sagemaker.clock.advance(180)

    said = refused(client.delete_inference_component, InferenceComponentName="llama")

    assert "is a base inference component for one or more associated" in said[1]
    assert describe(client, "adapter")["VariantName"] == "AllTraffic"
    client.delete_inference_component(InferenceComponentName="adapter")
    sagemaker.clock.advance(30)
    client.delete_inference_component(InferenceComponentName="llama")


def test_an_endpoint_goes_after_its_components(sagemaker: Emulator, llama: None, client: Any) -> None:
    said = refused(client.delete_endpoint, EndpointName="host")

    assert said[0] == "ValidationException"
    assert "llama" in said[1]
    client.delete_inference_component(InferenceComponentName="llama")
    sagemaker.clock.advance(30)
    client.delete_endpoint(EndpointName="host")


def test_a_component_whose_creation_failed_can_be_deleted(sagemaker: Emulator, host: None, client: Any) -> None:
    sagemaker.scenarios.fail("InferenceComponent", "llama", reason="Not enough memory.", at="Creating")
    client.create_inference_component(**component())
    sagemaker.clock.advance(180)

    assert describe(client)["InferenceComponentStatus"] == "Failed"
    assert describe(client)["FailureReason"] == "Not enough memory."
    client.delete_inference_component(InferenceComponentName="llama")
