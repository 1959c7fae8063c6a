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
    """

    start: str = ""
    end: str = ""
    instance_type: str = ""
    instance_count: str = ""
    instance_groups: tuple[str, ...] = ()
