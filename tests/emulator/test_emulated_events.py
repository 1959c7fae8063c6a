"""Events of the emulated SageMaker, from EventBridge rules to SQS queues, through boto3."""

import json
from typing import Any

import pytest
from tests.emulator.asking import arn, endpoint_config, model, processing_job, refused, serving_endpoint, training_job
from tests.emulator.listening import SAGEMAKER, TRAINING, Listening, details
from tests.emulator.pipelines_requests import start, step, train

from sagemaker_local.emulator import Emulator


def test_a_training_job_tells_each_of_its_statuses(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    listening.rule(SAGEMAKER)

    client.create_training_job(**training_job())
    sagemaker.clock.advance(400)

    assert details(listening.heard(), "TrainingJobStatus", "SecondaryStatus") == [
        ("InProgress", "Starting"),
        ("InProgress", "Downloading"),
        ("InProgress", "Training"),
        ("InProgress", "Uploading"),
        ("Completed", "Completed"),
    ]


def test_an_event_has_the_envelope_and_the_spelling_of_aws(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    listening.rule({"detail": {"TrainingJobStatus": ["Completed"]}})
    created = round(sagemaker.clock.now() * 1000)

    client.create_training_job(**training_job(Tags=[{"Key": "team", "Value": "ml"}]))
    sagemaker.clock.advance(344)
    (event,) = listening.heard()

    content = event["detail"]
    assert {name: event[name] for name in ("version", "detail-type", "source", "account", "region", "resources")} == {
        "version": "0",
        "detail-type": TRAINING,
        "source": "aws.sagemaker",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [arn("training-job/digits")],
    }
    assert len(event["id"]) == 36
    assert event["time"].endswith("Z")
    assert content["CreationTime"] == created
    assert content["TrainingEndTime"] == created + 344_000
    assert content["SecondaryStatusTransitions"][0]["StartTime"] == created
    assert content["Tags"] == {"team": "ml"}
    assert content["FailureReason"] is None
    assert content["ResourceConfig"]["InstanceCount"] == 1


def test_telling_changes_nothing_in_what_describe_answers(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    described = []
    for name, listens in (("before", False), ("after", True)):
        if listens:
            listening.rule(SAGEMAKER)
        client.create_processing_job(
            **processing_job(
                name,
                ProcessingInputs=[
                    {
                        "InputName": "data",
                        "S3Input": {
                            "S3Uri": "s3://bucket/in",
                            "LocalPath": "/opt/ml/processing/input",
                            "S3DataType": "S3Prefix",
                        },
                    }
                ],
            )
        )
        described.append(client.describe_processing_job(ProcessingJobName=name)["ProcessingInputs"])

    assert described[0] == described[1]
    assert details(listening.heard(), "ProcessingInputs")[0][0][0]["S3Input"]["S3DataType"] == "S3_PREFIX"


def test_endpoints_shout_their_statuses(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    listening.rule({"detail-type": ["SageMaker Endpoint State Change"]})

    serving_endpoint(sagemaker, client)
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
    sagemaker.clock.advance(3600)
    client.delete_endpoint(EndpointName="digits")
    sagemaker.clock.advance(60)

    assert [status for (status,) in details(listening.heard(), "EndpointStatus")] == [
        "CREATING", "IN_SERVICE", "UPDATING", "IN_SERVICE", "DELETING",
    ]  # fmt: skip


def test_models_and_configurations_tell_that_they_are_made_and_deleted(client: Any, listening: Listening) -> None:
    listening.rule({"detail-type": [{"prefix": "SageMaker "}]})

    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config())
    client.delete_endpoint_config(EndpointConfigName="first")
    client.delete_model(ModelName="digits")
    heard = listening.heard()

    assert [(event["detail-type"], event["resources"]) for event in heard] == [
        ("SageMaker Model State Change", [arn("model/digits")]),
        ("SageMaker Endpoint Config State Change", [arn("endpoint-config/first")]),
        ("SageMaker Endpoint Config State Change", [arn("endpoint-config/first")]),
        ("SageMaker Model State Change", [arn("model/digits")]),
    ]
    assert heard[1]["detail"]["KmsKeyId"] is None


def test_the_order_of_creation_holds_over_many_jobs(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    listening.rule({"detail-type": [TRAINING], "detail": {"SecondaryStatus": ["Starting"]}})
    names = [f"job-{number}" for number in range(25)]

    for name in names:
        client.create_training_job(**training_job(name))

    assert [name for (name,) in details(listening.heard(), "TrainingJobName")] == names


def test_nobody_hears_what_no_rule_wants(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    listening.rule({"source": ["aws.s3"]}, name="others")
    listening.rule({**SAGEMAKER, "detail": {"TrainingJobName": ["another"]}}, name="another")

    client.create_training_job(**training_job())

    assert listening.heard() == []
    assert sagemaker.events.counts()["made"] == 0


def test_a_disabled_rule_is_silent_until_it_is_enabled(client: Any, listening: Listening) -> None:
    listening.rule(SAGEMAKER)
    listening.events.disable_rule(Name="all")
    client.create_training_job(**training_job("unheard"))
    listening.events.enable_rule(Name="all")
    client.create_training_job(**training_job("heard"))

    assert details(listening.heard(), "TrainingJobName") == [("heard",)]


def test_a_rule_without_its_target_is_silent(client: Any, listening: Listening) -> None:
    listening.rule(SAGEMAKER)
    listening.events.remove_targets(Rule="all", Ids=["queue"])

    client.create_training_job(**training_job())

    assert listening.heard() == []


def test_rules_hear_their_own_account_and_region_alone(sagemaker: Emulator, listening: Listening) -> None:
    listening.rule(SAGEMAKER)
    for elsewhere in ({"region": "eu-west-1"}, {"account": "999999999999"}):
        client = sagemaker.client(**elsewhere)
        client.create_training_job(**training_job())
        client.close()

    assert listening.heard() == []


def test_two_rules_hear_the_same_event(client: Any, listening: Listening) -> None:
    listening.rule(SAGEMAKER, name="one")
    listening.rule(SAGEMAKER, name="two")

    client.create_training_job(**training_job())
    first, second = listening.heard()

    assert first == second


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"Input": '{"wake": "up"}'}, '{"wake": "up"}'),
        ({"InputPath": "$.detail.TrainingJobName"}, '"digits"'),
        ({"InputPath": "$.resources[0]"}, f'"{arn("training-job/digits")}"'),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {
                        "name": "$.detail.TrainingJobName",
                        "count": "$.detail.ResourceConfig.InstanceCount",
                    },
                    "InputTemplate": '{"job": <name>, "again": "<name>", "instances": <count>, "text": "<name> on <count>"}',
                }
            },
            '{"job": "digits", "again": "digits", "instances": 1, "text": "digits on 1"}',
        ),
    ],
)
def test_targets_may_want_less_than_the_event(
    client: Any, listening: Listening, target: dict[str, Any], text: str
) -> None:
    listening.rule(SAGEMAKER, **target)

    client.create_training_job(**training_job())

    assert listening.texts() == [text]


def test_own_events_reach_the_rules_too(listening: Listening) -> None:
    listening.rule({"source": ["mine"], "detail": {"size": [{"numeric": [">", 2]}]}})
    entries = [{"Source": "mine", "DetailType": "Thing", "Detail": json.dumps({"size": size})} for size in (1, 3)]

    answer = listening.events.put_events(Entries=entries)
    (heard,) = listening.heard()

    assert answer["FailedEntryCount"] == 0
    assert heard["id"] == answer["Entries"][1]["EventId"]
    assert (heard["detail-type"], heard["detail"]) == ("Thing", {"size": 3})


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": "aws.sagemaker"}, "NotAuthorizedForSourceException"),
        ({"Detail": "{"}, "MalformedDetail"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Detail": "[" * 100_000}, "MalformedDetail"),
        ({"Detail": '{"a": NaN}'}, "MalformedDetail"),
        ({"DetailType": ""}, "InvalidArgument"),
    ],
)
def test_own_events_that_cannot_be_fail_by_themselves(listening: Listening, entry: dict[str, str], code: str) -> None:
    good = {"Source": "mine", "DetailType": "Thing", "Detail": "{}"}

    answer = listening.events.put_events(Entries=[{**good, **entry}, good])

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code
    assert "EventId" in answer["Entries"][1]


def test_rules_and_targets_are_shown_as_they_were_put(listening: Listening) -> None:
    listening.rule(SAGEMAKER, name="wanted")
    listening.events.put_rule(Name="other", EventPattern='{"source":["x"]}', State="DISABLED", Description="idle")

    rules = {rule["Name"]: rule for rule in listening.events.list_rules()["Rules"]}
    (target,) = listening.events.list_targets_by_rule(Rule="wanted")["Targets"]
    names = listening.events.list_rule_names_by_target(TargetArn=listening.arn)["RuleNames"]

    assert rules["other"] == {
        "Name": "other", "Arn": "arn:aws:events:us-east-1:123456789012:rule/other", "EventPattern": '{"source":["x"]}',
        "State": "DISABLED", "Description": "idle", "EventBusName": "default",
    }  # fmt: skip
    assert listening.events.describe_rule(Name="wanted")["State"] == "ENABLED"
    assert target == {"Id": "queue", "Arn": listening.arn}
    assert names == ["wanted"]
    assert listening.events.describe_event_bus()["Name"] == "default"
    assert [bus["Name"] for bus in listening.events.list_event_buses()["EventBuses"]] == ["default"]


def test_rules_have_tags(listening: Listening) -> None:
    made = listening.events.put_rule(
        Name="tagged", EventPattern=json.dumps(SAGEMAKER), Tags=[{"Key": "team", "Value": "ml"}]
    )["RuleArn"]
    listening.events.tag_resource(ResourceARN=made, Tags=[{"Key": "stage", "Value": "test"}])
    listening.events.untag_resource(ResourceARN=made, TagKeys=["team"])

    assert listening.events.list_tags_for_resource(ResourceARN=made)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_a_rule_with_targets_cannot_be_deleted(listening: Listening) -> None:
    listening.rule(SAGEMAKER)

    assert refused(listening.events.delete_rule, Name="all") == (
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    listening.events.remove_targets(Rule="all", Ids=["queue"])
    listening.events.delete_rule(Name="all")
    assert listening.events.list_rules()["Rules"] == []


def test_rules_that_do_not_exist_are_missed(listening: Listening) -> None:
    target = {"Id": "queue", "Arn": listening.arn}

    answers = [
        refused(listening.events.describe_rule, Name="none"),
        refused(listening.events.put_targets, Rule="none", Targets=[target]),
        refused(listening.events.enable_rule, Name="none"),
        refused(listening.events.list_rules, EventBusName="other"),
    ]

    assert [(code, "does not exist" in text) for code, text in answers] == [("ResourceNotFoundException", True)] * 4


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"source": "aws.sagemaker"}', '"source" must be an object or an array'),
        ('{"source": []}', "Empty arrays are not allowed"),
        ('{"source": [["a"]]}', "Match value must be String, number, true, false, or null"),
        ('{"source": [{"like": "a"}]}', "Unrecognized match type like"),
        ('{"source": [{"prefix": 1}]}', "prefix match pattern must be a string"),
        ('{"a":' * 300 + '["x"]' + "}" * 300, "Rule is too complex"),
    ],
)
def test_a_pattern_that_is_none_is_refused_with_the_reason(listening: Listening, pattern: str, reason: str) -> None:
    with pytest.raises(listening.events.exceptions.InvalidEventPatternException) as caught:
        listening.events.put_rule(Name="bad", EventPattern=pattern)

    assert f"Event pattern is not valid. Reason: {reason}" in caught.value.response["Error"]["Message"]


def test_schedules_and_targets_other_than_queues_are_refused_by_name(listening: Listening) -> None:
    listening.events.put_rule(Name="all", EventPattern=json.dumps(SAGEMAKER))
    lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:f"

    code, text = refused(listening.events.put_targets, Rule="all", Targets=[{"Id": "f", "Arn": lambda_arn}])
    schedule = refused(listening.events.put_rule, Name="nightly", ScheduleExpression="rate(1 day)")

    assert (code, lambda_arn in text) == ("NotEmulated", True)
    assert (schedule[0], "nightly" in schedule[1]) == ("NotEmulated", True)


@pytest.mark.parametrize(
    "target",
    [
        {"Input": "{"},
        {"InputPath": "detail"},
        {"InputPath": "$.detail["},
        {"InputTransformer": {"InputTemplate": "<unknown>"}},
        {"Input": "{}", "InputPath": "$"},
    ],
)
def test_inputs_that_cannot_be_are_refused(listening: Listening, target: dict[str, Any]) -> None:
    listening.events.put_rule(Name="all", EventPattern=json.dumps(SAGEMAKER))

    code, text = refused(
        listening.events.put_targets, Rule="all", Targets=[{"Id": "odd", "Arn": listening.arn, **target}]
    )

    assert code == "ValidationException"
    assert "odd" in text


def test_a_pattern_can_be_tried(listening: Listening) -> None:
    event = {
        "id": "1", "account": "123456789012", "source": "mine", "time": "2026-01-01T00:00:00Z", "region": "us-east-1",
        "resources": [], "detail-type": "Thing", "detail": {"a": [1, 2]},
    }  # fmt: skip

    def matches(pattern: dict[str, Any]) -> bool:
        answer = listening.events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))
        result: bool = answer["Result"]
        return result

    assert matches({"detail": {"a": [2]}})
    assert not matches({"detail": {"a": [3]}})


def test_pipeline_executions_and_their_steps_are_told(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    listening.rule({"detail-type": [{"prefix": "SageMaker Model Building Pipeline"}]})

    execution = start(client, train("Train"), step("Note", depends=("Train",)))
    sagemaker.clock.advance(3600)
    heard = listening.heard()

    told = [
        (content.get("stepName", ""), previous, content[f"current{what}"])
        for content in (event["detail"] for event in heard)
        for what in ("PipelineExecutionStatus", "StepStatus")
        if f"current{what}" in content
        for previous in [content.get(f"previous{what}")]
    ]
    assert told == [
        ("", None, "Executing"),
        ("Train", "Starting", "Executing"),
        ("Train", "Executing", "Succeeded"),
        ("Note", "Starting", "Executing"),
        ("Note", "Executing", "Succeeded"),
        ("", "Executing", "Succeeded"),
    ]
    assert {tuple(event["resources"]) for event in heard} == {(arn("pipeline/nightly"), execution)}
    assert heard[2]["detail"]["metadata"]["trainingJob"]["arn"].startswith(arn("training-job/pipelines-"))
