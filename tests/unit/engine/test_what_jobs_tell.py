"""What the status of a job tells of its work and of its failure: ``run`` and ``failure``."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from making import facts as made
from making import known, reply, resource

from sagemaker_operator.engine import accounts, links, postmortem
from sagemaker_operator.engine.facts import Facts, Log, Missing, Present
from sagemaker_operator.engine.steps import AskLog, Call, Verb
from sagemaker_operator.errors import AWSFailure, Denied, Limited, Refused, Throttled
from sagemaker_operator.kinds import KINDS

TRAINING = KINDS["TrainingJob"]
BEGAN, ENDED = datetime(2026, 1, 1, 10, 0, tzinfo=UTC), datetime(2026, 1, 1, 10, 5, tzinfo=UTC)
TIMES = {"TrainingStartTime": BEGAN, "TrainingEndTime": ENDED}
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/digits"
DENIAL = (
    "User: arn:aws:sts::123456789012:assumed-role/operator/s is not authorized to perform: sagemaker:CreateTrainingJob on "
    f"resource: {ARN} because no identity-based policy allows the sagemaker:CreateTrainingJob action"
)


def cluster(**config: Any) -> dict[str, Any]:
    return {"ResourceConfig": {"VolumeSizeInGB": 1, **config}}


def job(status: str, **members: Any) -> dict[str, Any]:
    return reply(status=status, TrainingJobArn=ARN, **members)


def seen(told: dict[str, Any], *, status: dict[str, Any] | None = None, spec: dict[str, Any] | None = None) -> Facts:
    before = known(arn=ARN, **(status or {}))
    return made(about=resource(status=before, spec=spec or {}), observed=Present(told))


# The work


def test_a_job_that_is_over_tells_what_it_took_and_costs() -> None:
    told = job(
        "Completed",
        **TIMES,
        **cluster(InstanceType="ml.m5.large", InstanceCount=2),
        TrainingTimeInSeconds=300,
        BillableTimeInSeconds=300,
    )

    run = accounts.run(seen(told))

    assert {name: run[name] for name in ("startTime", "completionTime", "durationSeconds", "billableSeconds")} == {
        "startTime": "2026-01-01T10:00:00Z",
        "completionTime": "2026-01-01T10:05:00Z",
        "durationSeconds": 300,
        "billableSeconds": 600,
    }
    assert run["instanceType"] == "ml.m5.large"
    assert "spotSavingsPercent" not in run


def test_spot_instances_tell_what_they_saved_by_the_formula_of_aws() -> None:
    told = job("Completed", EnableManagedSpotTraining=True, TrainingTimeInSeconds=500, BillableTimeInSeconds=100)

    assert accounts.run(seen(told))["spotSavingsPercent"] == 80


def test_all_groups_of_instances_are_billed() -> None:
    groups = [{"InstanceType": "ml.m5.large", "InstanceCount": 2}, {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}]
    told = job("Completed", **cluster(InstanceGroups=groups, InstanceCount=0), BillableTimeInSeconds=100)

    run = accounts.run(seen(told))

    assert run["billableSeconds"] == 300
    assert "instanceType" not in run


def test_of_several_preferences_the_one_that_sagemaker_chose_counts() -> None:
    chosen = cluster(SelectedInstanceType="ml.g5.xlarge", SelectedInstanceCount=4)
    told = job("Completed", **chosen, BillableTimeInSeconds=100)

    run = accounts.run(seen(told))

    assert (run["instanceType"], run["billableSeconds"]) == ("ml.g5.xlarge", 400)


def test_where_aws_tells_no_billable_time_it_is_the_time_of_all_instances() -> None:
    kind = KINDS["ProcessingJob"]
    told = {
        "ProcessingJobStatus": "Failed",
        "ProcessingStartTime": BEGAN,
        "ProcessingEndTime": ENDED,
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 3, "InstanceType": "ml.m5.large"}},
    }

    assert accounts.billable_seconds(kind, told) == 900
    assert accounts.billable_seconds(kind, {**told, "ProcessingJobStatus": "InProgress"}) is None


def test_a_job_that_runs_tells_nothing_that_changes_by_itself() -> None:
    running = job("InProgress", TrainingStartTime=BEGAN, BillableTimeInSeconds=10, **cluster(InstanceCount=1))

    run = accounts.run(seen(running))

    assert run["startTime"] == "2026-01-01T10:00:00Z"
    assert not run.keys() & {"completionTime", "durationSeconds", "billableSeconds"}


def test_where_aws_tells_no_times_those_of_the_record_count_once_it_is_over() -> None:
    kind = KINDS["LabelingJob"]
    record = {"CreationTime": BEGAN, "LastModifiedTime": ENDED}

    assert accounts.duration(kind, {"LabelingJobStatus": "InProgress", **record}) is None
    assert accounts.duration(kind, {"LabelingJobStatus": "Completed", **record}) == 300


def test_the_costs_of_earlier_attempts_are_part_of_the_costs() -> None:
    attempts = [{"attempt": 1, "billableSeconds": 40}, {"attempt": 2, "billableSeconds": 2}]
    told = job("Completed", BillableTimeInSeconds=5, **cluster(InstanceCount=1))

    over = seen(told, status={"attempts": attempts, "attempt": 2})
    begun = made(about=resource(status={"attempts": attempts, "attempt": 3, "trainingJobName": "digits-3"}))

    assert accounts.run(over)["billableSeconds"] == 45
    assert accounts.run(begun) == {"billableSeconds": 42}


def test_a_row_of_a_list_keeps_what_a_full_look_has_told_and_brings_the_links() -> None:
    row = replace(
        seen(job("InProgress"), status={"run": {"startTime": "2026-01-01T10:00:00Z"}}),
        observed=Present(job("InProgress"), complete=False),
    )

    run = accounts.run(row)

    assert run["startTime"] == "2026-01-01T10:00:00Z"
    assert run["logStreamPrefix"] == "digits/"
    assert run["consoleURL"].endswith("#/jobs/digits")


def test_what_is_no_job_tells_nothing_of_work() -> None:
    about = resource("Model", status=known("Model"))
    assert accounts.run(made("Model", about=about, observed=Present(reply("Model")))) == {}


# Where to see more


@pytest.mark.parametrize(
    ("partition", "region", "home"),
    [
        ("aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/"),
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
        ("aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"),
        ("aws-eusc", "eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/"),
        ("aws-iso-b", "us-isob-east-1", "https://us-isob-east-1.console.sc2shome.sgov.gov/"),
    ],
)
def test_links_lead_to_the_console_of_the_partition(partition: str, region: str, home: str) -> None:
    arn = f"arn:{partition}:sagemaker:{region}:123456789012:training-job/digits"

    assert links.page(arn, "jobs", "digits") == f"{home}sagemaker/home?region={region}#/jobs/digits"
    assert str(links.logs(arn, "/aws/sagemaker/TrainingJobs", "digits/")).startswith(f"{home}cloudwatch/home?")


@pytest.mark.parametrize("arn", ["", "digits", "arn:aws-new:sagemaker:eu-new-1:123456789012:training-job/digits"])
def test_there_is_no_link_to_where_nobody_knows(arn: str) -> None:
    assert links.page(arn, "jobs", "digits") is None
    assert links.logs(arn, "group", "digits/") is None


def test_the_link_to_logs_is_quoted_as_the_console_wants_it() -> None:
    # tests/test_local.py of aws-samples/sagemaker-ssh-helper
    assert links.logs(ARN, "/aws/sagemaker/TrainingJobs", "ssh-training-2023/") == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/"
        "$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3Dssh-training-2023$252F"
    )


def test_a_tuning_job_points_to_the_logs_of_its_training_jobs() -> None:
    places = accounts.places(KINDS["HyperParameterTuningJob"], ARN, "digits")

    assert (places["logGroup"], places["logStreamPrefix"]) == ("/aws/sagemaker/TrainingJobs", "digits")


# The failure


def test_a_failed_job_tells_its_class_and_what_sagemaker_says() -> None:
    failed = job("Failed", FailureReason="AlgorithmError: exit code 1")

    assert postmortem.failure(seen(failed)) == {"class": "AlgorithmError", "message": "AlgorithmError: exit code 1"}


def test_a_failure_for_lack_of_a_permission_names_it() -> None:
    reason = (
        "ClientError: User: arn:aws:sts::123456789012:assumed-role/train/s is not authorized to perform: s3:GetObject on "
        'resource: "arn:aws:s3:::data/x" because no identity-based policy allows the s3:GetObject action'
    )

    told = postmortem.failure(seen(job("Failed", FailureReason=reason)))

    assert told["class"] == "AccessDenied"
    assert told["missingPermission"] == {
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::data/x",
        "principal": "arn:aws:sts::123456789012:assumed-role/train/s",
        "because": "no identity-based policy allows it",
    }


def create_refused(failure: AWSFailure, status: dict[str, Any] | None = None) -> dict[str, Any]:
    about = resource(status={"trainingJobName": "digits", **(status or {})})
    call = Call(Verb.CREATE, "CreateTrainingJob", {})
    return postmortem.failure(made(about=about, failure=failure, failed=call))


def test_a_create_that_is_denied_names_the_permission_that_the_operator_lacks() -> None:
    told = create_refused(Denied("AccessDeniedException", DENIAL, "CreateTrainingJob"))

    assert told["class"] == "AccessDenied"
    assert told["message"].startswith("CreateTrainingJob: AccessDeniedException: User: ")
    assert told["missingPermission"]["action"] == "sagemaker:CreateTrainingJob"


def test_a_create_beyond_a_quota_says_so() -> None:
    assert (
        create_refused(Limited("ResourceLimitExceeded", "The account-level service limit"))["class"] == "QuotaExceeded"
    )


def test_what_stands_in_the_way_of_a_create_is_told_as_long_as_it_does() -> None:
    before = {"failure": {"class": "AccessDenied", "message": "m"}}

    assert create_refused(Throttled("ThrottlingException", "Rate exceeded"), before) == before["failure"]
    assert create_refused(Refused("ValidationException", "No such image"), before) == {}


def test_a_failure_is_told_until_another_attempt_is_seen() -> None:
    before = {"failure": {"class": "CapacityError", "message": "m"}}

    assert postmortem.failure(replace(seen({}, status=before), observed=Missing())) == before["failure"]
    assert postmortem.failure(seen(job("InProgress"), status=before)) == {}


@pytest.mark.parametrize("status", ["InProgress", "Completed", "Stopped"])
def test_a_job_that_did_not_fail_tells_of_no_failure(status: str) -> None:
    assert postmortem.failure(seen(job(status, SecondaryStatus=status))) == {}


def test_a_job_that_ran_into_its_limit_tells_so() -> None:
    stopped = job("Stopped", SecondaryStatus="MaxRuntimeExceeded")

    assert postmortem.failure(seen(stopped))["class"] == "MaxRuntimeExceeded"


# Its log


FAILED = job("Failed", FailureReason="AlgorithmError: exit code 1 on algo-2")


def test_the_log_of_a_failed_job_is_read_once() -> None:
    failed = seen(FAILED)

    assert postmortem.unread_log(failed) == AskLog("/aws/sagemaker/TrainingJobs", "digits/", "algo-2", 20)
    assert postmortem.unread_log(replace(failed, log=Log())) is None
    assert postmortem.unread_log(seen(FAILED, status={"failure": {"logTail": ["x"]}})) is None


@pytest.mark.parametrize("status", ["InProgress", "Completed", "Stopped"])
def test_no_other_log_is_read(status: str) -> None:
    assert postmortem.unread_log(seen(job(status))) is None


def test_whoever_wants_no_log_gets_none() -> None:
    unwanted = seen(
        FAILED, spec={"runPolicy": {"logTailLines": 0}}, status={"failure": {"logTail": ["x"], "logStream": "s"}}
    )

    assert postmortem.unread_log(unwanted) is None
    assert "logTail" not in postmortem.failure(unwanted)


def test_the_end_of_the_log_stands_beside_the_failure() -> None:
    told = postmortem.failure(replace(seen(FAILED), log=Log("digits/algo-2-1", ("one", "two"))))

    assert (told["logStream"], told["logTail"]) == ("digits/algo-2-1", ["one", "two"])


def test_a_later_look_keeps_the_log_that_was_read() -> None:
    before = {"failure": {"logTail": ["x"], "logStream": "s"}}

    told = postmortem.failure(seen(FAILED, status=before))

    assert (told["logStream"], told["logTail"]) == ("s", ["x"])


def test_a_log_that_cannot_be_read_is_told_with_the_failure_and_hides_nothing_of_it() -> None:
    told = postmortem.failure(replace(seen(FAILED), log=Log(trouble="GetLogEvents: AccessDeniedException: no")))

    assert told["class"] == "AlgorithmError"
    assert told["message"] == (
        "AlgorithmError: exit code 1 on algo-2 (Its log could not be read: GetLogEvents: AccessDeniedException: no)"
    )
    assert "logTail" not in told


def test_a_log_in_a_status_is_bounded() -> None:
    lines = postmortem.tail([f"{number} {'é' * 600}" for number in range(100)], ())

    assert len(lines) <= 50
    assert lines[-1].startswith("99 ")
    assert max(map(len, lines)) == 512
    assert sum(len(line.encode()) for line in lines) <= 8192


def test_a_log_in_a_status_is_plain_text() -> None:
    assert postmortem.tail(["\x1b[31mred\x1b[0m\x00\x07", "10%\r20%\r100% done\r\n", "a\tb "], ()) == [
        "red",
        "100% done",
        "a b",
    ]


def test_a_log_in_a_status_tells_no_secret_not_even_a_part_of_one() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----"

    lines = postmortem.tail(["train.py --token hunter2", "MIIEvQIBADANBg", "-----END KEY-----", "ok"], ("hunter2", key))

    assert lines == ["train.py --token ***", "***", "***", "ok"]
