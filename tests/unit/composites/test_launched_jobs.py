"""Objects for the jobs that a tuning job launches: what they are called and what they say."""

from typing import Any

from sagemaker_operator.composites import launched
from sagemaker_operator.composites.child import Child
from sagemaker_operator.engine.resource import ADOPT, Resource
from sagemaker_operator.kinds import KINDS, Launched

KIND = KINDS["HyperParameterTuningJob"]
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/digits-001-1a2b3c4d"


def row() -> Launched:
    assert KIND.launched is not None
    return KIND.launched


def owner(name: str = "digits", *, limit: int | None = 3, **status: Any) -> Resource:
    """A tuning job that is called digits in SageMaker."""
    metadata = {"namespace": "team-a", "name": name, "uid": "uid", "resourceVersion": "1"}
    spec = {"region": "eu-west-1", **({"trainingJobHistoryLimit": limit} if limit is not None else {})}
    return Resource.read(
        KIND, {"metadata": metadata, "spec": spec, "status": {"hyperParameterTuningJobName": "digits", **status}}
    )


def child(name: str) -> Child:
    return Child(kind="TrainingJob", name=name, uid=name, created="2026-01-01T00:00:00Z")


def test_an_object_is_called_like_its_owner_and_what_tells_the_job_from_others() -> None:
    job = {"TrainingJobName": "digits-001-1A2b3c4d"}

    assert launched.name_of(row(), owner(), job) == "digits-001-1a2b3c4d"
    assert launched.name_of(row(), owner("nightly"), job) == "nightly-001-1a2b3c4d"
    assert len(launched.name_of(row(), owner("n" * 253), job)) < 253


def test_an_object_says_what_the_job_was_made_of_and_leaves_the_job_alone() -> None:
    described = {
        "TrainingJobName": "digits-001-1a2b3c4d",
        "TrainingJobArn": ARN,
        "TrainingJobStatus": "InProgress",
        "RoleArn": "arn:aws:iam::123456789012:role/sagemaker",
        "HyperParameters": {"eta": "0.1"},
        "InputDataConfig": [],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "KmsKeyId": ""},
        "VpcConfig": {},
    }

    wanted = launched.wanted(row(), owner(), described)

    assert wanted.annotations == {ADOPT: ARN}
    assert wanted.spec == {
        "trainingJobName": "digits-001-1a2b3c4d",
        "roleARN": "arn:aws:iam::123456789012:role/sagemaker",
        "hyperParameters": {"eta": "0.1"},
        "outputDataConfig": {"s3OutputPath": "s3://bucket/out"},
        "adoptionPolicy": "Always",
        "deletionPolicy": "Retain",
        "region": "eu-west-1",
    }


def test_nothing_is_asked_while_nothing_has_come_or_ended() -> None:
    counted = {"Completed": 1, "InProgress": 1}
    told = owner(trainingJobStatusCounters={"completed": 1, "inProgress": 1})
    both = [child("one"), child("two")]

    assert launched.settled(row(), told, {"TrainingJobStatusCounters": counted}, both)
    assert not launched.settled(row(), told, {"TrainingJobStatusCounters": {**counted, "Completed": 2}}, both)
    assert not launched.settled(row(), told, {"TrainingJobStatusCounters": counted}, both[:1])


def test_no_more_are_shown_than_are_asked_for_or_allowed() -> None:
    assert launched.limit(row(), owner(limit=None)) == 0
    assert launched.limit(row(), owner(limit=7)) == 7
    assert launched.limit(row(), owner(limit=5000)) == 100
    everything = owner(limit=0, trainingJobStatusCounters={"completed": 4})
    assert launched.settled(row(), everything, {"TrainingJobStatusCounters": {"Completed": 4}}, [])
    assert not launched.settled(row(), everything, {"TrainingJobStatusCounters": {"Completed": 4}}, [child("one")])
