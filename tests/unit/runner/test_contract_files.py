"""What a container finds when it starts: configuration files, environment variables, addresses."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.emulator.resource import Place, Resource
from sagemaker_local.runner.contract import documents, environment
from sagemaker_local.runner.contract.hosts import addresses, of_processing, of_training
from sagemaker_local.runner.contract.paths import Volume, below

PLACE = Place("123456789012", "eu-west-1")
ARN = PLACE.arn("training-job", "digits")


def job(**spec: object) -> Resource:
    given = {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}, **spec}
    return Resource("TrainingJob", "digits", "digits", ARN, PLACE, given, 0.0, 0.0)


def channel(name: str, **more: object) -> dict[str, object]:
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://b/p/", "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "RecordWrapperType": "None", **more}


def found(given: Resource, number: int = 0) -> dict[str, object]:
    hosts = of_training(given.spec["ResourceConfig"])
    files = documents.training(given.spec, hosts, hosts[number])
    return {path.removeprefix("/opt/ml/input/config/"): content for path, content in files.items()}


def variables(given: Resource, number: int = 0, inside: str = "/opt/ml") -> dict[str, str]:
    hosts = of_training(given.spec["ResourceConfig"])
    return environment.training(given, hosts, hosts[number], Volume(Path("/x"), inside), url="http://127.0.0.1:9")


def test_two_instances_know_each_other_and_which_one_they_are() -> None:
    given = job(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2})

    assert found(given, 1)["resourceconfig.json"] == {
        "current_host": "algo-2",
        "current_instance_type": "ml.m5.large",
        "current_group_name": "homogeneousCluster",
        "hosts": ["algo-1", "algo-2"],
        "instance_groups": [
            {
                "instance_group_name": "homogeneousCluster",
                "instance_type": "ml.m5.large",
                "hosts": ["algo-1", "algo-2"],
            }
        ],
        "network_interface_name": "lo",
    }


def test_groups_of_instances_are_numbered_through_and_get_their_own_channels() -> None:
    groups = [
        {"InstanceType": "ml.c5.large", "InstanceCount": 1, "InstanceGroupName": "data"},
        {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 2, "InstanceGroupName": "nets"},
    ]
    only = channel("images")
    only["DataSource"]["S3DataSource"]["InstanceGroupNames"] = ["nets"]  # type: ignore[index]
    given = job(ResourceConfig={"InstanceGroups": groups}, InputDataConfig=[channel("all"), only])

    third = found(given, 2)
    assert third["resourceconfig.json"]["current_host"] == "algo-3"  # type: ignore[index]
    assert third["resourceconfig.json"]["current_group_name"] == "nets"  # type: ignore[index]
    assert [group["hosts"] for group in third["resourceconfig.json"]["instance_groups"]] == [  # type: ignore[index]
        ["algo-1"],
        ["algo-2", "algo-3"],
    ]
    assert set(third["inputdataconfig.json"]) == {"all", "images"}  # type: ignore[call-overload]
    assert set(found(given, 0)["inputdataconfig.json"]) == {"all"}  # type: ignore[call-overload]
    assert json.loads(variables(given, 0)["SM_CHANNELS"]) == ["all"]


def test_a_channel_says_how_it_is_read_and_what_it_holds() -> None:
    given = job(
        AlgorithmSpecification={"TrainingInputMode": "File"},
        InputDataConfig=[channel("train", ContentType="text/csv"), channel("live", InputMode="Pipe")],
    )

    config = found(given)["inputdataconfig.json"]

    assert config == {
        "train": {
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
            "ContentType": "text/csv",
        },
        "live": {"TrainingInputMode": "Pipe", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"},
    }


def test_hyperparameters_are_texts_in_the_file_and_values_in_the_variables() -> None:
    given = job(HyperParameters={"epochs": "3", "name": "knn", "batch-size": '"8"', "sagemaker_program": "a.py"})

    assert found(given)["hyperparameters.json"] == given.spec["HyperParameters"]
    said = variables(given)
    assert json.loads(said["SM_HPS"]) == {"epochs": 3, "name": "knn", "batch-size": "8"}
    assert (said["SM_HP_EPOCHS"], said["SM_HP_NAME"], said["SM_HP_BATCH-SIZE"]) == ("3", "knn", "8")
    assert "SM_HP_SAGEMAKER_PROGRAM" not in said


def test_checkpoints_and_tensors_have_their_documented_directories() -> None:
    given = job(CheckpointConfig={"S3Uri": "s3://b/c"}, DebugHookConfig={"S3OutputPath": "s3://b/d"})

    assert found(given)["checkpointconfig.json"] == {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/checkpoints"}
    assert found(given)["debughookconfig.json"] == {"S3OutputPath": "s3://b/d", "LocalPath": "/opt/ml/output/tensors"}
    assert "checkpointconfig.json" not in found(job())


def test_credentials_are_the_emulators_and_an_isolated_job_has_none() -> None:
    said = variables(job())
    assert (said["AWS_ACCESS_KEY_ID"], said["AWS_ENDPOINT_URL"]) == ("123456789012", "http://127.0.0.1:9")
    assert (said["TRAINING_JOB_NAME"], said["TRAINING_JOB_ARN"], said["AWS_REGION"]) == ("digits", ARN, "eu-west-1")

    isolated = variables(job(EnableNetworkIsolation=True))
    assert not {name for name in isolated if "KEY" in name or "ENDPOINT" in name}


def test_nothing_of_whoever_runs_the_emulator_gets_into_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    monkeypatch.setenv("HOME_GROWN", "secret")

    assert "secret" not in variables(job()).values()


def test_the_users_variables_win() -> None:
    assert variables(job(Environment={"SM_LOG_LEVEL": "10", "MINE": "yes"}))["SM_LOG_LEVEL"] == "10"


def test_a_hyperparameter_of_many_brackets_is_a_text() -> None:
    deep = "[" * 2500

    assert variables(job(HyperParameters={"deep": deep}))["SM_HP_DEEP"] == deep


words = st.text(max_size=8)


@given(parameters=st.dictionaries(words, words, max_size=4), own=st.dictionaries(words, words, max_size=4))
def test_whatever_a_request_holds_a_process_can_be_started_with_it(
    parameters: dict[str, str], own: dict[str, str]
) -> None:
    said = variables(job(HyperParameters=parameters, Environment=own))

    for name, value in said.items():
        assert name
        assert "=" not in name
        assert b"\0" not in os.fsencode(name) + os.fsencode(value)


@given(st.text(alphabet=st.sampled_from("./a\0\ud800é"), max_size=12))
def test_no_name_leads_out_of_its_directory(name: str) -> None:
    found = below(Path("/data"), name)

    assert found is None or (Path(os.path.normpath(found)) == found and found.is_relative_to("/data"))


def test_a_moved_directory_is_told_where_it_is() -> None:
    given = job(InputDataConfig=[channel("train")])

    moved = variables(given, inside="/tmp/j/ml")
    assert moved["SAGEMAKER_BASE_DIR"] == "/tmp/j/ml"
    assert moved["SM_CHANNEL_TRAIN"] == "/tmp/j/ml/input/data/train"
    assert moved["SM_MODEL_DIR"] == "/tmp/j/ml/model"
    assert "SAGEMAKER_BASE_DIR" not in variables(given)


def test_a_processing_job_finds_its_request() -> None:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
    spec = {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": "i", "ContainerEntrypoint": ["python3"]},
        "ProcessingInputs": [{"InputName": "in"}],
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Unknown to containers": 1,
    }
    hosts = of_processing(cluster)

    files = documents.processing("clean", "arn:clean", spec, hosts, hosts[1])

    said = files["/opt/ml/config/processingjobconfig.json"]
    assert (said["ProcessingJobName"], said["ProcessingJobArn"], said["Environment"]) == ("clean", "arn:clean", {})
    assert said["ProcessingInputs"] == [{"InputName": "in"}]
    assert "Unknown to containers" not in said
    assert files["/opt/ml/config/resourceconfig.json"]["current_host"] == "algo-2"


def test_each_instance_of_each_job_has_an_address_of_its_own() -> None:
    hosts = of_training({"InstanceType": "ml.m5.large", "InstanceCount": 300})

    one, other = addresses(hosts, "arn:one"), addresses(hosts, "arn:other")

    assert len(set(one.values())) == 300
    assert all(address.startswith("127.") for address in one.values())
    assert one != other
    assert addresses(hosts, "arn:one") == one


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a\0b"])
def test_a_name_that_leads_out_of_its_directory_is_no_file_of_it(name: str) -> None:
    assert below(Path("/data"), name) is None


def test_paths_are_translated_both_ways_and_others_are_left_alone() -> None:
    volume = Volume(Path("/scratch"), "/moved/ml")

    assert volume.host("/opt/ml/model/a") == Path("/scratch/model/a")
    assert volume.host("/opt/ml/../../etc/passwd") is None
    assert volume.host("/opt/mlops") is None
    assert volume.seen("/opt/ml/model") == "/moved/ml/model"
    assert volume.seen("/opt/mlops") == "/opt/mlops"
    assert volume.seen("--x") == "--x"
