"""What a row says about the work that a job does: where SageMaker tells of it, and what it runs on."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """The work of a job; all are members, or paths of members, in the service model's spelling.

    Attributes:
        start: the member of the Describe reply that holds the time at which the work began, after waiting for instances; "" if
            SageMaker does not tell.
        end: the member that holds the time at which it was over.
        instance_type, instance_count: the members of the spec that say what it runs on; "" if SageMaker chooses.
        instance_groups: the members of the spec that can stand in their place, with which there is no one instance type.
        elapsed, billable: the members that hold how many seconds the work took, and how many of them are billed for each
            instance; "" if SageMaker does not tell.
        spot: the member that says whether it runs on spot instances.
        logs: where its containers write.
        console: the part of its page's address in the AWS console between ``#/`` and its name; "" if it has no page there.
    """

    start: str = ""
    end: str = ""
    instance_type: str = ""
    instance_count: str = ""
    instance_groups: tuple[str, ...] = ()
    elapsed: str = ""
    billable: str = ""
    spot: str = ""
    logs: "Logs | None" = None
    console: str = ""


@dataclass(frozen=True, slots=True)
class Logs:
    """Where the containers of a job write, as in the table of CloudWatch logs in SageMaker's Developer Guide.

    https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html

    Attributes:
        group: the log group, the same for all jobs of a kind.
        streams: how the names of its streams begin, with ``{name}`` for its own.
    """

    group: str
    streams: str = "{name}/"
