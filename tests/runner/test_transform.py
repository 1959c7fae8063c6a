"""Batch transform jobs whose model really answers."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.runner import tiny
from tests.runner.tiny import User, lines_of, until

GROUP = "/aws/sagemaker/TransformJobs"


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    running = tiny.emulator(tmp_path_factory.mktemp("images"))
    made = User(running)
    made.model()
    yield made
    made.close()
    running.stop()


def start(
    user: User, name: str, *, source: dict[str, Any] | str, model: str = "doubler", count: int = 1, **members: Any
) -> None:
    given = {"S3DataType": "S3Prefix", "S3Uri": source} if isinstance(source, str) else source
    incoming = {"DataSource": {"S3DataSource": given}, "ContentType": "text/csv", "SplitType": "Line"}
    outgoing = {"S3OutputPath": f"s3://data/out/{name}", "Accept": "text/csv", "AssembleWith": "Line"}
    user.sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName=model,
        TransformInput={**incoming, **members.pop("incoming", {})},
        TransformOutput={**outgoing, **members.pop("outgoing", {})},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": count},
        **members,
    )


def ended(user: User, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        said: dict[str, Any] = user.sagemaker.describe_transform_job(TransformJobName=name)
        return said if said["TransformJobStatus"] in ("Completed", "Failed", "Stopped") else None

    said: dict[str, Any] = until(look)
    return said


def reason(user: User, said: dict[str, Any]) -> str:
    """Why a job failed; what its logs say is shown where that is not what a test expects."""
    print(user.logged(GROUP, said["TransformJobName"] + "/"))
    assert said["TransformJobStatus"] == "Failed"
    told: str = said["FailureReason"]
    return told


def transformed(user: User, name: str, **arguments: Any) -> dict[str, Any]:
    start(user, name, **arguments)
    return ended(user, name)


def test_every_line_of_every_file_is_answered_in_order(user: User) -> None:
    user.put("plain/a.csv", "1,2\n3,4\n5,6\n")
    user.put("plain/b/c.csv", "10,20\n")

    said = transformed(user, "plain", source="s3://data/plain")

    assert said["TransformJobStatus"] == "Completed", said
    assert said["TransformStartTime"] <= said["TransformEndTime"]
    assert user.read("out/plain/a.csv.out") == "6\n14\n22\n"
    assert user.read("out/plain/b/c.csv.out") == "60\n"
    assert "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD" in user.logged(GROUP, "plain/")
    assert "asked about 3 lines, strategy MULTI_RECORD" in user.logged(GROUP, "plain/")


def test_ids_are_hidden_from_the_model_and_joined_with_its_answers(user: User) -> None:
    source = user.put("joined/a.csv", "id-1,1,2\nid-2,3,4\n")
    wanted = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}

    said = transformed(
        user, "joined", source=source, DataProcessing=wanted, BatchStrategy="SingleRecord", MaxConcurrentTransforms=4
    )

    assert said["TransformJobStatus"] == "Completed", said
    assert user.read("out/joined/a.csv.out") == "id-1,6\nid-2,14\n"
    assert "BatchStrategy=SINGLE_RECORD" in user.logged(GROUP, "joined/")


def test_json_lines_are_joined_as_sagemakeroutput(user: User) -> None:
    source = user.put("lines/a.jsonl", lines_of({"id": 1, "features": [1, 2]}, {"id": 2, "features": [3]}))
    wanted = {"InputFilter": "$.features", "JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"}
    kind = "application/jsonlines"

    said = transformed(
        user, "lines", source=source, DataProcessing=wanted, incoming={"ContentType": kind}, outgoing={"Accept": kind}
    )

    assert said["TransformJobStatus"] == "Completed", said
    assert [json.loads(line) for line in user.read("out/lines/a.jsonl.out").splitlines()] == [
        {"id": 1, "SageMakerOutput": {"score": 6}},
        {"id": 2, "SageMakerOutput": {"score": 6}},
    ]


def test_compressed_files_of_a_manifest_are_shared_out_among_instances(user: User) -> None:
    for name in "abc":
        user.s3.put_object(Bucket="data", Key=f"zipped/{name}.csv.gz", Body=gzip.compress(b"1,1\n"))
    listed = user.put(
        "manifest.json", json.dumps([{"prefix": "s3://data/zipped/"}, "a.csv.gz", "b.csv.gz", "c.csv.gz"])
    )
    source = {"S3DataType": "ManifestFile", "S3Uri": listed}

    said = transformed(user, "zipped", source=source, count=2, incoming={"CompressionType": "Gzip"})

    assert said["TransformJobStatus"] == "Completed", said
    assert user.keys("out/zipped/") == [f"out/zipped/{name}.csv.gz.out" for name in "abc"]
    assert len({line.split(" | ")[0] for line in user.logged(GROUP, "zipped/").splitlines()}) == 4


def test_a_file_with_a_bad_record_fails_the_job_and_leaves_the_other_outputs(user: User) -> None:
    user.put("mixed/bad.csv", "1,2\nnot a number\n")
    user.put("mixed/good.csv", "1,2\n")

    said = transformed(user, "mixed", source="s3://data/mixed/")

    assert reason(user, said) == "ClientError: See job logs for more information"
    assert user.keys("out/mixed/") == ["out/mixed/good.csv.out"]
    told = user.logged(GROUP, "mixed/")
    assert "[sagemaker logs]: data/mixed/bad.csv: ClientError: 400" in told
    assert "[sagemaker logs]: data/mixed/bad.csv: bad record: could not convert string to float: 'not a number'" in told


def test_what_breaks_in_the_model_is_an_algorithm_error_once_all_tries_are_used(user: User) -> None:
    source = user.put("broken.csv", "broken\n")

    said = transformed(user, "broken", source=source)

    assert reason(user, said) == "AlgorithmError: See job logs for more information"
    assert "data/broken.csv: Bad HTTP status received from algorithm: 500" in user.logged(GROUP, "broken/")


def test_a_request_that_fails_now_and_then_is_sent_again(user: User) -> None:
    source = user.put("flaky.csv", "flaky,2\n")
    assert transformed(user, "flaky", source=source)["TransformJobStatus"] == "Completed"
    assert user.read("out/flaky/flaky.csv.out") == "6\n"


def test_without_retries_the_first_failure_counts(user: User) -> None:
    source = user.put("flaky2.csv", "flaky,2,2\n")
    client = {"InvocationsMaxRetries": 0, "InvocationsTimeoutInSeconds": 60}
    assert transformed(user, "flaky2", source=source, ModelClientConfig=client)["TransformJobStatus"] == "Failed"


def test_a_model_that_does_not_answer_in_time_fails_the_job(user: User) -> None:
    source = user.put("hang.csv", "hang\n")
    client = {"InvocationsMaxRetries": 0, "InvocationsTimeoutInSeconds": 1}

    said = transformed(user, "hang", source=source, ModelClientConfig=client)

    assert said["TransformJobStatus"] == "Failed"
    assert "Model server did not respond to /invocations request within 1 seconds" in user.logged(GROUP, "hang/")


def test_a_job_that_is_stopped_ends_although_its_model_does_not_answer(user: User) -> None:
    source = user.put("stuck.csv", "hang\n")
    start(user, "stuck", source=source)
    until(lambda: "TransformStartTime" in user.sagemaker.describe_transform_job(TransformJobName="stuck"))

    user.sagemaker.stop_transform_job(TransformJobName="stuck")

    assert ended(user, "stuck")["TransformJobStatus"] == "Stopped"
    assert user.keys("out/stuck/") == []


def test_a_model_that_does_not_start_fails_the_job_with_its_words_in_the_log(user: User) -> None:
    user.model("absent", TROUBLE="exit")
    source = user.put("one.csv", "1\n")

    said = transformed(user, "unserved", source=source, model="absent")

    assert reason(user, said) == "AlgorithmError: See job logs for more information"
    assert "no model today" in user.logged(GROUP, "unserved/")


def test_a_model_without_its_data_fails_the_job_and_says_where_they_should_be(user: User) -> None:
    container = {"Image": tiny.IMAGE, "ModelDataUrl": "s3://data/nowhere/model.tar.gz"}
    user.sagemaker.create_model(ModelName="empty", PrimaryContainer=container, ExecutionRoleArn=tiny.ROLE)
    source = user.put("one.csv", "1\n")

    said = transformed(user, "no-data", source=source, model="empty")

    assert "s3://data/nowhere/model.tar.gz" in reason(user, said)
    assert user.keys("out/no-data/") == []


def test_a_model_of_the_registry_transforms_too(user: User) -> None:
    url = user.put("models/package.tar.gz", tiny.archive(factor="3"))
    user.sagemaker.create_model_package_group(ModelPackageGroupName="triplers")
    package = user.sagemaker.create_model_package(
        ModelPackageGroupName="triplers",
        InferenceSpecification={
            "Containers": [{"Image": tiny.IMAGE, "ModelDataUrl": url}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    container = {"ModelPackageName": package}
    user.sagemaker.create_model(ModelName="tripler", PrimaryContainer=container, ExecutionRoleArn=tiny.ROLE)
    source = user.put("registry.csv", "1,1\n")

    said = transformed(user, "registry", source=source, model="tripler")

    assert said["TransformJobStatus"] == "Completed", said
    assert user.read("out/registry/registry.csv.out") == "6\n"


def test_a_job_that_waits_for_a_slot_is_stopped_at_once(user: User) -> None:
    source = user.put("slots.csv", "hang\n")
    for name in ("slot-1", "slot-2", "slot-3"):
        start(user, name, source=source)

    user.sagemaker.stop_transform_job(TransformJobName="slot-3")

    assert ended(user, "slot-3")["TransformJobStatus"] == "Stopped"
    for name in ("slot-1", "slot-2"):
        user.sagemaker.stop_transform_job(TransformJobName=name)
        assert ended(user, name)["TransformJobStatus"] == "Stopped"


def test_a_model_that_is_deleted_while_its_job_waits_fails_the_job(user: User) -> None:
    user.model("short-lived")
    source = user.put("short-lived.csv", "hang\n")
    for name in ("holds-1", "holds-2"):
        start(user, name, source=source)
    start(user, "waits", source=source, model="short-lived")
    user.sagemaker.delete_model(ModelName="short-lived")

    for name in ("holds-1", "holds-2"):
        user.sagemaker.stop_transform_job(TransformJobName=name)

    assert reason(user, ended(user, "waits")) == "ClientError: Could not find model short-lived."


def test_many_requests_at_once_change_nothing_about_the_order(user: User) -> None:
    for name in "abc":
        user.put(f"many/{name}.csv", "".join(f"{number}\n" for number in range(400)))

    said = transformed(user, "many", source="s3://data/many/", BatchStrategy="SingleRecord", MaxConcurrentTransforms=8)

    assert said["TransformJobStatus"] == "Completed", said
    expected = "".join(f"{number * 2}\n" for number in range(400))
    assert {user.read(f"out/many/{name}.csv.out") for name in "abc"} == {expected}


def test_what_the_job_leaves_open_is_as_the_container_wishes(user: User) -> None:
    user.model("wisher", WISHES='{"MaxConcurrentTransforms": 3, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 1}')
    source = user.put("wish.csv", "1\n2\n")

    assert transformed(user, "wish", source=source, model="wisher")["TransformJobStatus"] == "Completed"

    assert "MaxConcurrentTransforms=3, MaxPayloadInMB=1, BatchStrategy=SINGLE_RECORD" in user.logged(GROUP, "wish/")
    assert user.read("out/wish/wish.csv.out") == "2\n4\n"


def test_captured_data_are_manifests_and_each_record_has_its_inference_id(user: User) -> None:
    source = user.put("seen/a.csv", "1\n2\n")
    capture = {"DestinationS3Uri": "s3://data/captured", "GenerateInferenceId": True}

    assert transformed(user, "seen", source=source, DataCaptureConfig=capture)["TransformJobStatus"] == "Completed"

    rows = [line.split(",") for line in user.read("out/seen/a.csv.out").splitlines()]
    assert [row[0] for row in rows] == ["2", "4"]
    assert len({row[1] for row in rows}) == 2
    inputs, outputs = user.keys("captured/input/"), user.keys("captured/output/")
    assert json.loads(user.read(inputs[0])) == [{"prefix": "s3://data/seen/"}, "a.csv"]
    assert json.loads(user.read(outputs[0])) == [{"prefix": "s3://data/out/seen/"}, "a.csv.out"]


def test_filters_that_do_not_fit_the_data_fail_the_job_in_its_data_log(user: User) -> None:
    source = user.put("short.csv", "1,2\n")

    said = transformed(user, "short", source=source, DataProcessing={"InputFilter": "$[7]"})

    assert reason(user, said) == "ClientError: See job logs for more information"
    assert "$[7] asks for items beyond the 2 that there are." in user.logged(GROUP, "short/")
