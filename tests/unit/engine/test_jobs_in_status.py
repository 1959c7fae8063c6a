"""What the operator tells of a job has a place in the schema: the API server drops the rest, and it would be told for ever."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from making import facts, known, resource

from sagemaker_operator.engine import accounts, postmortem
from sagemaker_operator.engine.facts import Facts, Log, Present
from sagemaker_operator.generate import crds
from sagemaker_operator.kinds import KINDS, Kind

JOBS = [kind for kind in KINDS.values() if kind.run is not None]
BEGAN, ENDED = datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC)
DENIAL = (
    "ClientError: User: arn:aws:sts::123456789012:assumed-role/R/S is not authorized to perform: s3:GetObject on resource: "
    "arn:aws:s3:::data/x because no identity-based policy allows the s3:GetObject action"
)


def failed(kind: Kind) -> Facts:
    """A job that has failed after all that can happen to one of its kind, in its second attempt."""
    row = kind.run
    assert row is not None
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:job/digits"
    record = {"CreationTime": BEGAN, "CreatedAt": BEGAN, "LastModifiedTime": ENDED, "LastModifiedAt": ENDED}
    reply: dict[str, Any] = {kind.family.arn: arn}
    reply |= {name: told for name, told in record.items() if name in kind.family.described}
    put(reply, kind.family.status or "", min(kind.failed))
    put(reply, row.start, BEGAN)
    put(reply, row.end, ENDED)
    put(reply, row.instance_type, "ml.m5.large")
    put(reply, row.instance_count, 2)
    put(reply, row.spot, True)
    for seconds in (row.elapsed, row.billable):
        put(reply, seconds, 100)
    for path in kind.reasons:
        put(reply, path, DENIAL)
    earlier = [{"attempt": 1, "billableSeconds": 10} if row.instance_count else {"attempt": 1}]
    about = replace(
        resource("TrainingJob"), kind=kind, spec={}, status={**known(), "arn": arn, "attempt": 2, "attempts": earlier}
    )
    made = facts(about=resource("TrainingJob"))
    log = Log("digits/algo-1", ("the end",)) if row.logs is not None else None
    return replace(made, resource=about, observed=Present(reply), log=log)


def put(reply: dict[str, Any], path: str, value: Any) -> None:
    *outer, name = path.split(".")
    for step in outer:
        reply = reply.setdefault(step, {})
    if name:
        reply[name] = value


@pytest.mark.parametrize("kind", JOBS, ids=lambda kind: kind.name)
def test_whatever_is_told_of_a_job_has_a_place_in_its_schema(kind: Kind) -> None:
    schema = crds.status(kind)["properties"]

    run, failure = accounts.run(failed(kind)), postmortem.failure(failed(kind))

    assert {"startTime", "completionTime", "durationSeconds"} <= run.keys() <= schema["run"]["properties"].keys()
    assert {"class", "message", "missingPermission"} <= failure.keys() <= schema["failure"]["properties"].keys()
    permission = schema["failure"]["properties"]["missingPermission"]["properties"]
    assert failure["missingPermission"].keys() == permission.keys()


def test_of_a_training_job_everything_can_be_told() -> None:
    training = KINDS["TrainingJob"]
    schema = crds.status(training)["properties"]
    told = failed(training)

    assert accounts.run(told).keys() == schema["run"]["properties"].keys()
    assert postmortem.failure(told).keys() | {"logStream", "logTail"} == schema["failure"]["properties"].keys()
