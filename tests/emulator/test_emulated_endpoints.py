"""Models, endpoint configurations and endpoints of the emulated SageMaker, through boto3."""

from typing import Any

import pytest
from tests.emulator.asking import arn, endpoint_config, model, refused, serving_endpoint, variant

from sagemaker_local.emulator import Emulator

BUSY = ("ValidationException", f'Cannot update in-progress endpoint "{arn("endpoint/digits")}".')


def describe(client: Any, name: str = "digits") -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_endpoint(EndpointName=name)
    return answer


def update(client: Any, config: str = "second", **members: Any) -> None:
    client.update_endpoint(EndpointName="digits", EndpointConfigName=config, **members)


@pytest.fixture
def serving(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)


def test_missing_models_configs_and_endpoints_are_refused_in_sagemakers_words(client: Any) -> None:
    code = "ValidationException"
    assert refused(client.describe_model, ModelName="x") == (code, f'Could not find model "{arn("model/x")}".')
    assert refused(client.delete_model, ModelName="x") == (code, f'Could not find model "{arn("model/x")}".')
    config = (code, f'Could not find endpoint configuration "{arn("endpoint-config/x")}".')
    assert refused(client.describe_endpoint_config, EndpointConfigName="x") == config
    assert refused(client.delete_endpoint_config, EndpointConfigName="x") == config
    assert refused(client.create_endpoint, EndpointName="e", EndpointConfigName="x") == config
    endpoint = (code, f'Could not find endpoint "{arn("endpoint/x")}".')
    assert refused(client.describe_endpoint, EndpointName="x") == endpoint
    assert refused(client.delete_endpoint, EndpointName="x") == endpoint
    assert refused(client.update_endpoint, EndpointName="x", EndpointConfigName="y") == endpoint


def test_duplicates_are_refused_in_sagemakers_words(serving: None, client: Any) -> None:
    code = "ValidationException"
    assert refused(client.create_model, **model()) == (
        code,
        f'Cannot create already existing model "{arn("model/digits")}".',
    )
    assert refused(client.create_endpoint_config, **endpoint_config()) == (
        code,
        f'Cannot create already existing endpoint configuration "{arn("endpoint-config/first")}".',
    )
    assert refused(client.create_endpoint, EndpointName="digits", EndpointConfigName="first") == (
        code,
        f'Cannot create already existing endpoint "{arn("endpoint/digits")}".',
    )


def test_a_config_needs_its_models(client: Any) -> None:
    assert refused(client.create_endpoint_config, **endpoint_config()) == (
        "ValidationException",
        f'Could not find model "{arn("model/digits")}".',
    )


def test_a_model_needs_one_way_of_containing(client: Any) -> None:
    assert (
        refused(client.create_model, ModelName="empty", ExecutionRoleArn=model()["ExecutionRoleArn"])[0]
        == "ValidationException"
    )


def test_records_come_back_with_the_defaults_that_aws_adds(client: Any) -> None:
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config())

    shown = client.describe_model(ModelName="digits")
    config = client.describe_endpoint_config(EndpointConfigName="first")

    assert shown["EnableNetworkIsolation"] is False
    assert shown["PrimaryContainer"]["Mode"] == "SingleModel"
    assert config["ProductionVariants"][0]["InitialVariantWeight"] == 1.0


def test_models_and_configs_in_use_can_be_deleted(serving: None, client: Any) -> None:
    client.delete_model(ModelName="digits")
    client.delete_endpoint_config(EndpointConfigName="first")

    assert describe(client)["EndpointStatus"] == "InService"


def test_an_endpoint_shows_what_it_launches_and_then_what_serves(sagemaker: Emulator, client: Any) -> None:
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config(ProductionVariants=[variant(InitialInstanceCount=2)]))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    launching = describe(client)
    sagemaker.clock.advance(240)
    serving = describe(client)

    assert launching["EndpointStatus"] == "Creating"
    pending = launching["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == "first"
    assert pending["ProductionVariants"][0]["VariantStatus"][0]["StatusMessage"] == "Launching 2 instance(s)."
    assert serving["EndpointStatus"] == "InService"
    assert "PendingDeploymentSummary" not in serving
    shown = serving["ProductionVariants"][0]
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == (2, 1.0)
    assert shown["DeployedImages"][0]["SpecifiedImage"] == model()["PrimaryContainer"]["Image"]


def test_data_capture_is_summarised(sagemaker: Emulator, client: Any) -> None:
    capture = {
        "EnableCapture": True, "InitialSamplingPercentage": 50, "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }  # fmt: skip
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config(DataCaptureConfig=capture))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    sagemaker.clock.advance(240)

    assert describe(client)["DataCaptureConfig"] == {
        "EnableCapture": True, "CaptureStatus": "Started", "CurrentSamplingPercentage": 50,
        "DestinationS3Uri": "s3://bucket/captured", "KmsKeyId": "",
    }  # fmt: skip


def test_what_is_captured_is_for_the_new_configuration_to_say_and_capture_is_on_unless_it_is_turned_off(
    sagemaker: Emulator, client: Any
) -> None:
    serving_endpoint(sagemaker, client, "digits")
    capture = {
        "InitialSamplingPercentage": 50, "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }  # fmt: skip
    client.create_endpoint_config(**endpoint_config("captured", DataCaptureConfig=capture))

    client.update_endpoint(EndpointName="digits", EndpointConfigName="captured", RetainAllVariantProperties=True)
    sagemaker.clock.advance(3600)

    assert describe(client)["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_endpoint_names_ignore_case(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client, "Digits")

    assert describe(client, "DIGITS")["EndpointName"] == "Digits"
    assert (
        refused(client.create_endpoint, EndpointName="dIgItS", EndpointConfigName="first")[0] == "ValidationException"
    )


@pytest.mark.parametrize("moment", ["Creating", "Updating", "Deleting"])
def test_an_endpoint_in_progress_can_neither_be_updated_nor_deleted(
    sagemaker: Emulator, client: Any, moment: str
) -> None:
    serving_endpoint(sagemaker, client)
    if moment == "Updating":
        update(client)
    else:
        client.delete_endpoint(EndpointName="digits")
    if moment == "Creating":
        sagemaker.clock.advance(10)
        client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    assert describe(client)["EndpointStatus"] == moment

    weights = [{"VariantName": "AllTraffic", "DesiredWeight": 2}]

    assert refused(client.delete_endpoint, EndpointName="digits") == BUSY
    assert refused(client.update_endpoint, EndpointName="digits", EndpointConfigName="second") == BUSY
    scaled = refused(
        client.update_endpoint_weights_and_capacities, EndpointName="digits", DesiredWeightsAndCapacities=weights
    )
    assert scaled == BUSY


def test_an_update_keeps_the_old_config_until_it_is_through(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client)

    during = describe(client)
    sagemaker.clock.advance(300)
    after = describe(client)

    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", "first")
    assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "second"
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "second")


def test_an_update_to_a_missing_config_is_refused(serving: None, client: Any) -> None:
    said = refused(client.update_endpoint, EndpointName="digits", EndpointConfigName="third")

    assert said == (
        "ValidationException",
        f'Could not find endpoint configuration "{arn("endpoint-config/third")}".',
    )
    assert describe(client)["EndpointStatus"] == "InService"


def test_a_failed_update_returns_to_service_on_the_old_config_with_a_reason(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    reason = "The primary container for production variant AllTraffic did not pass the ping health check."
    sagemaker.scenarios.fail("Endpoint", "digits", reason=reason, at="Updating", times=1)
    update(client)

    sagemaker.clock.advance(300)

    endpoint = describe(client)
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointConfigName"] == "first"
    assert endpoint["FailureReason"] == reason
    assert "PendingDeploymentSummary" not in endpoint
    update(client)
    sagemaker.clock.advance(300)
    assert "FailureReason" not in describe(client)


def test_deleting_the_old_config_too_early_fails_the_update(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client)
    client.delete_endpoint_config(EndpointConfigName="first")

    sagemaker.clock.advance(300)

    endpoint = describe(client)
    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["FailureReason"] == f'Could not find endpoint configuration "{arn("endpoint-config/first")}".'


def test_a_failed_endpoint_can_only_be_deleted(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="The image does not exist.", at="Creating")
    serving_endpoint(sagemaker, client)
    endpoint = describe(client)
    assert (endpoint["EndpointStatus"], endpoint["FailureReason"]) == ("Failed", "The image does not exist.")

    code, text = refused(client.update_endpoint, EndpointName="digits", EndpointConfigName="second")
    assert code == "ValidationException"
    assert "DeleteEndpoint is the only operation" in text
    client.delete_endpoint(EndpointName="digits")
    assert describe(client)["EndpointStatus"] == "Deleting"
    sagemaker.clock.advance(10)
    assert sagemaker.resources("Endpoint") == []


def test_weights_and_capacities_are_wanted_at_once_and_reached_later(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    wanted = [{"VariantName": "AllTraffic", "DesiredWeight": 3, "DesiredInstanceCount": 4}]
    client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)

    during = describe(client)["ProductionVariants"][0]
    sagemaker.clock.advance(180)
    after = describe(client)["ProductionVariants"][0]

    assert (during["CurrentInstanceCount"], during["DesiredInstanceCount"]) == (1, 4)
    assert (after["CurrentInstanceCount"], after["CurrentWeight"]) == (4, 3.0)


def test_an_unknown_variant_cannot_be_scaled(serving: None, client: Any) -> None:
    wanted = [{"VariantName": "Other", "DesiredWeight": 3}]
    code, text = refused(
        client.update_endpoint_weights_and_capacities, EndpointName="digits", DesiredWeightsAndCapacities=wanted
    )
    assert (code, '"Other"' in text) == ("ValidationException", True)


@pytest.mark.parametrize(("retain", "count"), [(False, 1), (True, 4)])
def test_an_update_resets_scaled_counts_unless_they_are_retained(
    sagemaker: Emulator, serving: None, client: Any, retain: bool, count: int
) -> None:
    wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 4}]
    client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)
    sagemaker.clock.advance(180)

    update(client, RetainAllVariantProperties=retain)
    sagemaker.clock.advance(300)

    assert describe(client)["ProductionVariants"][0]["CurrentInstanceCount"] == count


def test_the_deployment_configuration_comes_back_as_the_last_one(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    rolling = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
            "WaitIntervalInSeconds": 0,
        }
    }
    update(client, DeploymentConfig=rolling)
    sagemaker.clock.advance(300)

    assert describe(client)["LastDeploymentConfig"] == rolling


def test_endpoint_quotas_count_what_serves(sagemaker: Emulator, serving: None, client: Any) -> None:
    sagemaker.quotas.set("ml.m5.large for endpoint usage", 1)

    code, text = refused(client.create_endpoint, EndpointName="more", EndpointConfigName="first")

    assert code == "ResourceLimitExceeded"
    assert "'ml.m5.large for endpoint usage' is 1 Instances, with current utilization of 1 Instances" in text


def test_the_waiters_of_boto3_see_service_and_deletion(serving: None, sagemaker: Emulator, client: Any) -> None:
    once = {"Delay": 0, "MaxAttempts": 1}
    client.get_waiter("endpoint_in_service").wait(EndpointName="digits", WaiterConfig=once)
    client.delete_endpoint(EndpointName="digits")
    sagemaker.clock.advance(10)

    client.get_waiter("endpoint_deleted").wait(EndpointName="digits", WaiterConfig=once)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("mine:1", 'Using non-ECR image "mine:1" without Vpc repository access mode is not supported.'),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/Mine:1", "is invalid."),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1", "Cross region ECR image pulls are not allowed."),
    ],
)
def test_images_that_cannot_be_pulled_are_refused(client: Any, image: str, words: str) -> None:
    code, text = refused(client.create_model, **model(PrimaryContainer={"Image": image}))

    assert (code, words in text) == ("ValidationException", True), text


def test_an_image_of_a_registry_in_the_vpc_is_accepted(client: Any) -> None:
    private = {"Image": "registry.example.com/mine:1", "ImageConfig": {"RepositoryAccessMode": "Vpc"}}

    client.create_model(**model(PrimaryContainer=private))

    assert client.describe_model(ModelName="digits")["PrimaryContainer"]["Image"] == private["Image"]


def test_a_model_needs_its_own_packages_but_not_those_of_others(client: Any) -> None:
    own = arn("model-package/digits/1")
    said = refused(client.create_model, **model(PrimaryContainer={"ModelPackageName": own}))

    assert said == ("ValidationException", f"ModelPackage {own} does not exist.")
    client.create_model(**model(PrimaryContainer={"ModelPackageName": own.replace("123456789012", "999999999999")}))


def test_instances_scale_themselves_only_for_inference_components(client: Any) -> None:
    client.create_model(**model())
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 3}

    said = refused(
        client.create_endpoint_config, **endpoint_config(ProductionVariants=[variant(ManagedInstanceScaling=scaling)])
    )

    assert said[1] == "ManagedInstanceScaling is only supported for inference component endpoints."
