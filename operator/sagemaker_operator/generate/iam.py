"""The IAM policies that the operator's role needs: the operations that its kinds call, and nothing else."""

import json
from collections.abc import Iterator, Sequence

from sagemaker_operator.kinds import Kind, Lifecycle
from sagemaker_operator.model.schema import Schema

_TAGS = ("AddTags", "DeleteTags", "ListTags")


def policies(kinds: Sequence[Kind]) -> list[Schema]:
    """Identity policies, without account or region so that they can be narrowed by whoever attaches them.

    The first is needed whatever kinds are served; each holds whole kinds, in their order, and fits into one managed policy.
    """
    parts: list[set[str]] = [set(_TAGS)]
    for kind in kinds:
        called = set(operations(kind))
        if _size(parts[-1] | called) > _LARGEST - _BESIDES:
            parts.append(set())
        parts[-1] |= called
    first, *others = (_policy(_manage(part)) for part in parts)
    first["Statement"].append(_HAND_OVER)
    if any(kind.run is not None and kind.run.logs is not None for kind in kinds):
        first["Statement"].append(_READ_LOGS)
    written = [first, *others]
    if any(kind.scalable is not None for kind in kinds):
        # Without these nothing is scaled, and AutoscalingReady says so.
        _add(written, _SCALE)
    if any(kind.name == "MonitoringSchedule" for kind in kinds):
        _add(written, _MONITOR)
    return written


def _add(written: list[Schema], statements: list[Schema]) -> None:
    """Put statements that belong together into the last policy, or into another one if they do not fit."""
    if len(_packed({**written[-1], "Statement": [*written[-1]["Statement"], *statements]})) > _LARGEST:
        written.append({"Version": "2012-10-17", "Statement": []})
    written[-1]["Statement"] += statements


_HAND_OVER: Schema = {
    "Sid": "HandExecutionRolesToSageMaker",
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "*",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}
# For the last lines of the log of a job that failed; without it status.failure says so and has none.
_READ_LOGS: Schema = {
    "Sid": "ReadLogsOfJobs",
    "Effect": "Allow",
    "Action": ["logs:DescribeLogStreams", "logs:GetLogEvents"],
    "Resource": "arn:*:logs:*:*:log-group:/aws/sagemaker/*",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html on aws:ResourceAccount: what belongs to
# other accounts is for whoever attaches the policy to add.
_OWN_ACCOUNT: Schema = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
_MONITOR: list[Schema] = [
    # Whether anything was captured in a window: without it no run of engine Operator starts.
    {
        "Sid": "LookForCapturedData",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:*:s3:::*",
        "Condition": _OWN_ACCOUNT,
    },
    # What a run has found; without it the status tells nothing of violations but that there are some.
    {
        "Sid": "ReadFindings",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": ["arn:*:s3:::*/constraint_violations.json", "arn:*:s3:::*/summary.json"],
        "Condition": _OWN_ACCOUNT,
    },
    # For spec.notify.snsTopicARN alone; without it Notified says so.
    {
        "Sid": "TellOfViolations",
        "Effect": "Allow",
        "Action": "sns:Publish",
        "Resource": "arn:*:sns:*:*:*",
        "Condition": _OWN_ACCOUNT,
    },
]
_SCALING_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
# https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html, narrowed to what the operator calls.
# The service asks for permissions to no smaller resource than all targets, and its condition keys tell whose they are.
_SCALE: list[Schema] = [
    {
        "Sid": "ChangeScaling",
        "Effect": "Allow",
        "Action": [
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeleteScheduledAction",
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:PutScheduledAction",
            "application-autoscaling:RegisterScalableTarget",
        ],
        "Resource": "arn:*:application-autoscaling:*:*:scalable-target/*",
        "Condition": {"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
    },
    {
        "Sid": "ReadScaling",
        "Effect": "Allow",
        "Action": [
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "application-autoscaling:DescribeScheduledActions",
        ],
        "Resource": "*",
    },
    {
        "Sid": "AlarmsOfTargetTracking",
        "Effect": "Allow",
        "Action": ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
        "Resource": "arn:*:cloudwatch:*:*:alarm:TargetTracking-*",
    },
    {
        "Sid": "RoleOfApplicationAutoScaling",
        "Effect": "Allow",
        "Action": "iam:CreateServiceLinkedRole",
        "Resource": (
            f"arn:*:iam::*:role/aws-service-role/{_SCALING_SERVICE}/"
            "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
        ),
        "Condition": {"StringEquals": {"iam:AWSServiceName": _SCALING_SERVICE}},
    },
]
# In characters but white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LARGEST = 6144
_BESIDES = 500


def _manage(called: set[str]) -> Schema:
    operations = [f"sagemaker:{name}" for name in sorted(called)]
    return {"Sid": "ManageResources", "Effect": "Allow", "Action": operations, "Resource": "*"}


def _policy(statement: Schema) -> Schema:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _size(called: set[str]) -> int:
    return len(_packed(_policy(_manage(called))))


def _packed(policy: Schema) -> str:
    return json.dumps(policy, separators=(",", ":"))


def actions(kinds: Sequence[Kind]) -> list[str]:
    """The SageMaker operations that the operator calls, sorted."""
    return sorted({name for kind in kinds for name in operations(kind)} | set(_TAGS))


def operations(kind: Kind) -> Iterator[str]:
    """The operations that the operator calls for one kind, those on tags apart."""
    family = kind.family
    starts = kind.suspendable or kind.stops_to_update
    stops = starts or kind.stops_to_delete or kind.lifecycle is Lifecycle.JOB
    turns = (family.stop if stops else None, family.start if starts else None)
    for name in (family.create, family.describe, family.update, family.delete, *turns, family.list):
        if name is not None:
            yield name
    for one in kind.attachments:
        yield from (one.attach, one.detach, one.listing)
    further = [operation for operation, _ in kind.told_by.values()]
    further += [detail.operation for detail in kind.details if detail.operation != family.describe]
    if kind.inline is not None:
        # Weights and counts, which SageMaker changes in place.
        further.append("UpdateEndpointWeightsAndCapacities")
    if kind.launched is not None:
        further += [kind.launched.listing, kind.launched.describe]
    yield from dict.fromkeys(further)
