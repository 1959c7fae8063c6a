"""Invocations and the rest of the emulator: faults, rates and the journal, components, and an emulator that runs nothing."""

import pytest
from tests.runner.runtime_asking import Hosted, refused
from tests.runner.runtime_stage import Asked, wait_until

from sagemaker_local.emulator import Emulator


def test_faults_rates_and_the_journal_know_invocations(serving: Hosted) -> None:
    emulator, _, client = serving
    emulator.faults.throttle("InvokeEndpoint", times=1)
    assert refused(client)[0] == "ThrottlingException"
    emulator.faults.deny("InvokeEndpoint", times=1)
    code, text, _ = refused(client)
    assert code == "AccessDeniedException"
    assert "sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:123456789012:endpoint/digits" in text
    emulator.rates.set("InvokeEndpoint", per_second=0.001, burst=1)
    client.invoke_endpoint(EndpointName="digits", Body=b"1234", CustomAttributes="secret")
    assert refused(client)[0] == "ThrottlingException"
    (entry,) = emulator.journal.entries("InvokeEndpoint", outcome="ok")
    assert entry.parameters["Body"] == "4 bytes"
    assert "secret" not in str(entry.parameters)
    assert (entry.account, entry.region, entry.committed) == ("123456789012", "us-east-1", True)


def test_a_lost_reply_belongs_to_a_request_that_the_model_saw(serving: Hosted, seen: list[Asked]) -> None:
    emulator, _, client = serving
    emulator.faults.lose_reply("InvokeEndpoint", times=1)
    with pytest.raises(Exception, match=r"closed|aborted"):
        client.invoke_endpoint(EndpointName="digits", Body=b"1")
    assert len(seen) == 1
    emulator.faults.lose_reply("InvokeEndpoint", times=1)
    with pytest.raises(Exception, match=r"closed|aborted"):
        client.invoke_endpoint(EndpointName="letters", Body=b"1")
    assert emulator.journal.count("InvokeEndpoint", outcome="lost") == 2


def test_an_endpoint_of_components_is_asked_for_one_by_name(serving: Hosted) -> None:
    emulator, servers, client = serving
    sagemaker = emulator.client()
    bare = {"VariantName": "AllTraffic", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    role = "arn:aws:iam::123456789012:role/sagemaker"
    sagemaker.create_endpoint_config(EndpointConfigName="parts", ProductionVariants=[bare], ExecutionRoleArn=role)
    sagemaker.create_endpoint(EndpointName="parts", EndpointConfigName="parts")
    wait_until(lambda: sagemaker.describe_endpoint(EndpointName="parts")["EndpointStatus"] == "InService")
    sagemaker.create_inference_component(
        InferenceComponentName="one",
        EndpointName="parts",
        VariantName="AllTraffic",
        Specification={"ModelName": "digits", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
        RuntimeConfig={"CopyCount": 1},
    )
    sagemaker.close()
    assert refused(client, EndpointName="parts")[1].startswith("Inference Component Name header is required")
    assert refused(client, EndpointName="parts", InferenceComponentName="two")[0] == "ValidationError"
    assert client.invoke_endpoint(EndpointName="parts", InferenceComponentName="one", Body=b"1")["Body"].read() == b"11"
    assert servers.asked[-1]["component"] == "one"
    assert "does not host inference components" in refused(client, InferenceComponentName="one")[1]


def test_a_configuration_that_is_deleted_is_remembered_for_its_endpoint(serving: Hosted) -> None:
    emulator, _, client = serving
    client.invoke_endpoint(EndpointName="digits", Body=b"1")
    sagemaker = emulator.client()
    sagemaker.delete_endpoint_config(EndpointConfigName="digits")
    sagemaker.close()
    assert client.invoke_endpoint(EndpointName="digits", Body=b"1")["Body"].read() == b"11"


def test_an_emulator_that_only_simulates_says_how_one_that_predicts_is_started() -> None:
    with Emulator.start() as emulator:
        client = emulator.client("sagemaker-runtime")
        code, text, _ = refused(client)
        client.close()
    assert code == "NotEmulated"
    assert "--execute" in text
