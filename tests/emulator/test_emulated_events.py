"""Events of the emulated SageMaker, from EventBridge rules to SQS queues, through boto3."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.emulator.asking import arn, endpoint_config, model, processing_job, refused, serving_endpoint, training_job
from tests.emulator.pipelines_requests import start, step, train

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.events import memory

SAGEMAKER = {"source": ["aws.sagemaker"]}
TRAINING = "SageMaker Training Job State Change"


@dataclass
class Listening:
    """A queue that hears what a rule matches."""

    events: Any
    sqs: Any
    queue: str
    arn: str

    def rule(self, pattern: dict[str, Any], name: str = "all", **target: Any) -> None:
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        self.events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": self.arn, **target}])

    def texts(self) -> list[str]:
        """The bodies of all messages, deleted as they are read."""
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            bodies.extend(message["Body"] for message in messages)
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
            self.sqs.delete_message_batch(QueueUrl=self.queue, Entries=entries)
        return bodies

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts()]


@pytest.fixture
def listening(sagemaker: Emulator) -> Iterator[Listening]:
    events, sqs = sagemaker.client("events"), sagemaker.client("sqs")
    url = sqs.create_queue(QueueName="news")["QueueUrl"]
    yield Listening(events, sqs, url, "arn:aws:sqs:us-east-1:123456789012:news")
    events.close()
    sqs.close()


def details(heard: list[dict[str, Any]], *members: str) -> list[tuple[Any, ...]]:
    return [tuple(event["detail"][member] for member in members) for event in heard]


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


def faulty(sagemaker: Emulator, client: Any, listening: Listening, set_up: Callable[[], None]) -> list[str]:
    listening.rule({**SAGEMAKER, "detail": {"SecondaryStatus": ["Starting"]}})
    set_up()
    for number in range(20):
        client.create_training_job(**training_job(f"job-{number:02}"))
    return [name for (name,) in details(listening.heard(), "TrainingJobName")]


def test_events_can_come_twice(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.duplicate(1.0))

    assert len(names) == 40
    assert len(set(names)) == 20


def test_events_can_get_lost(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.lose(0.5))

    assert 0 < len(names) < 20
    assert sagemaker.events.counts()["lost"] == 20 - len(names)


def test_events_can_come_in_another_order(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.reorder(within=5))

    assert names != sorted(names)
    assert sorted(names) == [f"job-{number:02}" for number in range(20)]


def test_events_can_come_late(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.delay(seconds=600))

    attributes = listening.sqs.get_queue_attributes(
        QueueUrl=listening.queue, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    assert names == []
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "20"


def test_the_same_seed_loses_the_same_events() -> None:
    def lost(seed: int) -> list[str]:
        with Emulator.start(virtual=True, check_s3=False, seed=seed) as sagemaker:
            clients = [sagemaker.client(service) for service in ("sagemaker", "events", "sqs")]
            url = clients[2].create_queue(QueueName="news")["QueueUrl"]
            listening = Listening(clients[1], clients[2], url, "arn:aws:sqs:us-east-1:123456789012:news")
            names = faulty(sagemaker, clients[0], listening, lambda: sagemaker.events.lose(0.5))
            for made in clients:
                made.close()
            return names

    assert lost(1) == lost(1)
    assert lost(1) != lost(2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda events: events.lose(1.5),
        lambda events: events.duplicate(float("nan")),
        lambda events: events.reorder(within=-1),
        lambda events: events.delay(-1),
    ],
)
def test_impossible_conduct_is_refused(sagemaker: Emulator, wrong: Callable[[Any], None]) -> None:
    with pytest.raises(ValueError, match="must be between"):
        wrong(sagemaker.events)


def policy(rule: str, queue: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(("rule", "comes"), [("all", True), ("another", False)])
def test_queue_policies_count_when_they_are_to_be_checked(
    sagemaker: Emulator, client: Any, listening: Listening, rule: str, comes: bool
) -> None:
    listening.rule(SAGEMAKER)
    sagemaker.events.check_queue_policies = True
    client.create_training_job(**training_job("before"))
    allowed = policy(f"arn:aws:events:us-east-1:123456789012:rule/{rule}", listening.arn)
    listening.sqs.set_queue_attributes(QueueUrl=listening.queue, Attributes={"Policy": allowed})

    client.create_training_job(**training_job("after"))

    assert details(listening.heard(), "TrainingJobName") == ([("after",)] if comes else [])


def test_what_a_target_cannot_take_goes_to_its_dead_letter_queue(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    listening.rule(SAGEMAKER, Arn=f"{listening.arn}-gone", DeadLetterConfig={"Arn": listening.arn})
    listening.rule(SAGEMAKER, name="lost", Arn=f"{listening.arn}-gone")

    client.create_training_job(**training_job())

    assert details(listening.heard(), "TrainingJobName") == [("digits",)]
    assert sagemaker.events.counts()["undeliverable"] == 1


def test_a_reset_forgets_rules_and_conduct(sagemaker: Emulator, listening: Listening) -> None:
    listening.rule(SAGEMAKER)
    sagemaker.events.lose(1.0)

    sagemaker.reset()

    assert listening.events.list_rules()["Rules"] == []
    assert sagemaker.events.as_json()["lose"] == 0


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


def test_rules_queues_and_messages_can_be_kept_and_taken_up(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    listening.rule(SAGEMAKER, InputPath="$.detail.TrainingJobName")
    client.create_training_job(**training_job("before"))
    listening.sqs.receive_message(QueueUrl=listening.queue, VisibilityTimeout=600)
    client.create_training_job(**training_job("between"))
    kept = json.loads(json.dumps(memory.dump(sagemaker.events)))
    sagemaker.events.reset()

    memory.load(sagemaker.events, kept)
    client.create_training_job(**training_job("after"))

    counts = listening.sqs.get_queue_attributes(QueueUrl=listening.queue, AttributeNames=["All"])["Attributes"]
    assert listening.texts() == ['"between"', '"after"']
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"
