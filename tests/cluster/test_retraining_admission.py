"""What a real API server refuses of rules about retraining and messages, before anything could come of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.builders import training_job
from tests.cluster.api import Api
from tests.rehearsal.watched import BUCKET, schedule

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import KINDS

KIND = KINDS["MonitoringSchedule"]
TRAIN = {"channelName": "train", "dataSource": {"s3DataSource": {"s3DataType": "S3Prefix", "s3URI": f"{BUCKET}/train"}}}

pytestmark = pytest.mark.usefixtures("crds")


@pytest.fixture
def api(cluster: Cluster, namespace: str) -> Iterator[Api]:
    with Api(cluster, namespace) as opened:
        yield opened


def told() -> dict[str, Any]:
    """All that can be said about what is to follow from violations."""
    template = {
        **training_job("any", trainingJobName=None)["spec"],
        "inputDataConfig": [TRAIN, {"channelName": "fresh"}],
    }
    return {
        "notify": {
            "snsTopicARN": "arn:aws:sns:us-east-1:123456789012:drift.fifo",
            "webhook": {
                "urlFrom": {"name": "hook", "key": "url"},
                "signingKeyFrom": {"name": "hook", "key": "signing"},
            },
        },
        "onViolation": {
            "checkTypes": ["baseline_drift_check"],
            "features": ["age"],
            "minViolations": 2,
            "minSamples": 500,
            "consecutiveExecutions": 2,
            "cooldown": "1d12h",
            "maxRetrainsPerWeek": 3,
            "trainingJobTemplate": {"metadata": {"labels": {"team": "digits"}}, "spec": template},
            "capturedChannel": "fresh",
            "gate": {"metric": "validation:accuracy", "goal": "Maximize", "min": 0.8, "betterThanCurrent": True},
            "promote": {
                "endpointRef": {"name": "digits"},
                "variantName": "main",
                "strategy": "Canary",
                "alarms": [{"alarmName": "digits-errors"}],
                "approval": "Manual",
            },
            "rebaseline": "TrainingData",
        },
    }


def test_everything_that_can_be_said_is_taken_as_it_was_written(api: Api) -> None:
    manifest = schedule(**told())

    answer = api.create(KIND, manifest)

    assert answer.code == 201, answer.message
    kept = answer.body["spec"]
    assert {name: kept[name] for name in told()} == told()


def test_what_is_left_out_has_careful_defaults(api: Api) -> None:
    spec = told()["onViolation"]
    rule = {"trainingJobTemplate": spec["trainingJobTemplate"], "promote": {"endpointRef": {"name": "digits"}}}
    rule["trainingJobTemplate"]["spec"]["inputDataConfig"][1]["channelName"] = "captured"

    answer = api.create(KIND, schedule(onViolation=rule))

    assert answer.code == 201, answer.message
    kept = answer.body["spec"]["onViolation"]
    assert kept["promote"] == {"endpointRef": {"name": "digits"}, "strategy": "AsConfigured", "approval": "Manual"}
    assert (kept["cooldown"], kept["maxRetrainsPerWeek"], kept["rebaseline"]) == ("24h", 2, "Never")


def without(*names: str) -> Callable[[dict[str, Any]], Any]:
    return lambda rule: [rule.pop(name) for name in names]


def with_channels(*channels: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda rule: rule["trainingJobTemplate"]["spec"].update(inputDataConfig=list(channels))


ELSEWHERE = {
    "fileSystemID": "fs-0123456789abcdef0",
    "fileSystemAccessMode": "ro",
    "fileSystemType": "EFS",
    "directoryPath": "/data",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            with_channels(TRAIN),
            "trainingJobTemplate.spec.inputDataConfig has no channel of the name that capturedChannel says",
        ),
        (
            with_channels({"channelName": "train"}, {"channelName": "fresh"}),
            "each channel but the captured one needs a dataSource",
        ),
        (
            with_channels({"channelName": "fresh", "dataSource": {"fileSystemDataSource": ELSEWHERE}}),
            "the captured channel can have no dataSource but an s3DataSource",
        ),
        (without("trainingJobTemplate"), "spec.onViolation.trainingJobTemplate: Required value"),
        (
            lambda rule: rule["trainingJobTemplate"]["spec"].update(trainingJobName="one"),
            "trainingJobName must not be set",
        ),
        (lambda rule: rule.update(gate={"metric": "m"}), "gate needs at least one of min, max and betterThanCurrent"),
        (lambda rule: rule.update(gate={"metric": "m", "betterThanCurrent": False}), "gate needs at least one of"),
        (lambda rule: rule.update(gate={"metric": "m", "min": 2, "max": 1}), "gate.min must not be above gate.max"),
        (without("promote", "rebaseline"), "gate.betterThanCurrent needs promote"),
        (without("promote", "gate"), "rebaseline needs promote: nothing changes before another model serves"),
        (
            lambda rule: rule["promote"].update(strategy="AsConfigured"),
            "alarms need another strategy than AsConfigured",
        ),
        (lambda rule: rule["promote"].update(approval="Perhaps"), 'supported values: "Manual", "Automatic"'),
        (lambda rule: rule.update(cooldown="a day"), "spec.onViolation.cooldown in body should match"),
        (lambda rule: rule.update(minViolations=0), "should be greater than or equal to 1"),
        (lambda rule: rule.update(consecutiveExecutions=11), "should be less than or equal to 10"),
        (lambda rule: rule.update(maxRetrainsPerWeek=11), "should be less than or equal to 10"),
    ],
)
def test_a_rule_that_nothing_could_come_of_is_refused_by_name(
    api: Api, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    spec = told()
    change(spec["onViolation"])

    answer = api.create(KIND, schedule(**spec))

    assert answer.code == 422
    assert message in answer.message


@pytest.mark.parametrize(
    "notify",
    [
        {"snsTopicARN": "drift"},
        {"snsTopicARN": "arn:aws:sqs:us-east-1:123456789012:drift"},
        {"webhook": {}},
        {"webhook": {"urlFrom": {"name": "hook"}}},
    ],
)
def test_a_way_to_tell_people_that_leads_nowhere_is_refused(api: Api, notify: dict[str, Any]) -> None:
    assert api.create(KIND, schedule(notify=notify)).code == 422
