"""Job definitions: what one of the four types of monitoring looks at, with what, and where it writes.

A definition never changes, and stays as long as a schedule runs it. All four differ in names of members alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import AT_ONCE, REMOVE
from sagemaker_local.emulator.families.hosting.endpoints import MISSING as NO_ENDPOINT
from sagemaker_local.emulator.family import Action, Check, Family
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

NO_DEFINITION: Final = Refusal(
    "ResourceNotFound",
    "Monitoring Job Definition {arn} not found",
    evidence="sagemaker-controller#8 matches the first three words; the rest is unverified",
)
DEFINITION_EXISTS: Final = Refusal(
    "ResourceInUse",
    "Monitoring Job Definition {arn} already exists",
    evidence=UNVERIFIED,
)
DEFINITION_IN_USE: Final = Refusal(
    "ResourceInUse",
    "Monitoring Job Definition {arn} is in use by monitoring schedule {schedule}",
    evidence=UNVERIFIED,
)
ONE_INPUT: Final = Refusal(
    VALIDATION,
    "Exactly one of EndpointInput and BatchTransformInput must be given.",
    evidence=UNVERIFIED,
)
FULL_HOUR: Final = 3600
"""MaxRuntimeInSeconds where the request says nothing (SageMaker Python SDK; cdk-real-drift#1578 for inline definitions)."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One type of monitoring, and how the members of its definitions are called.

    Attributes:
        type: as in MonitoringType.
        path: the part of a definition's ARN before the name.
        merges: whether captured data is first joined with ground truth.
    """

    type: str
    path: str
    merges: bool = False

    @property
    def kind(self) -> str:
        """The kind of its definitions."""
        return f"{self.type}JobDefinition"

    def member(self, of: str) -> str:
        """A member of a definition, for example JobInput to ModelBiasJobInput."""
        return f"{self.type}{of}"

    def source(self, definition: Mapping[str, Json]) -> Json:
        """EndpointInput or BatchTransformInput of a definition, whichever it has."""
        given = definition[self.member("JobInput")]
        found: Json = given.get("EndpointInput") or given.get("BatchTransformInput") or {}
        return found


MONITORS: Final[Mapping[str, Monitor]] = {
    monitor.type: monitor
    for monitor in (
        Monitor("DataQuality", "data-quality-job-definition"),
        Monitor("ModelQuality", "model-quality-job-definition", merges=True),
        Monitor("ModelBias", "model-bias-job-definition", merges=True),
        Monitor("ModelExplainability", "model-explainability-job-definition"),
    )
}


def exactly_one(place: Place, given: Json, world: World) -> None:
    """What is watched is one endpoint of the same account (sagemaker-python-sdk#4873), or one batch transform."""
    if ("EndpointInput" in given) == ("BatchTransformInput" in given):
        raise ONE_INPUT.error()
    name = given.get("EndpointInput", {}).get("EndpointName")
    if name is not None and world.find(place, "Endpoint", name.lower()) is None:
        raise NO_ENDPOINT.error(arn=place.arn("endpoint", name.lower()))


def not_scheduled(_: Call, definition: Resource, world: World) -> None:
    """A definition stays as long as a schedule runs it (comment in the SageMaker Python SDK)."""
    for schedule in world.store.of_kind(definition.place, "MonitoringSchedule").values():
        facts = schedule.facts
        if (facts.get("MonitoringJobDefinitionName"), f"{facts.get('MonitoringType')}JobDefinition") == (
            definition.name,
            definition.kind,
        ):
            raise DEFINITION_IN_USE.error(arn=definition.arn, schedule=schedule.arn)


def summary(definition: Resource) -> Json:
    """What lists call a definition."""
    source = MONITORS[definition.kind.removesuffix("JobDefinition")].source(definition.spec)
    return {
        "MonitoringJobDefinitionName": definition.name,
        "MonitoringJobDefinitionArn": definition.arn,
        # The summary's shape requires it, also for a definition that watches a batch transform.
        "EndpointName": source.get("EndpointName", ""),
    }


def _one_existing_input(monitor: Monitor) -> Check:
    def check(call: Call, world: World) -> None:
        exactly_one(call.place, call.request[monitor.member("JobInput")], world)

    return check


def _row(monitor: Monitor) -> Family:
    inputs = [f"{monitor.member('JobInput')}.{of}" for of in ("EndpointInput", "BatchTransformInput")]
    return Family(
        kind=monitor.kind,
        path=monitor.path,
        create=AT_ONCE,
        missing=NO_DEFINITION,
        exists=DEFINITION_EXISTS,
        defaults=(
            ("StoppingCondition", {}),
            ("StoppingCondition.MaxRuntimeInSeconds", FULL_HOUR),
            *((f"{path}.S3InputMode", "File") for path in inputs),
            *((f"{path}.S3DataDistributionType", "FullyReplicated") for path in inputs),
        ),
        checks=(role_can_be_assumed("RoleArn"), _one_existing_input(monitor)),
        view=summary,
        actions=(Action(operation=f"Delete{monitor.kind}", guards=(not_scheduled,), timeline=REMOVE),),
    )


DATA_QUALITY_JOB_DEFINITION: Final = _row(MONITORS["DataQuality"])
MODEL_QUALITY_JOB_DEFINITION: Final = _row(MONITORS["ModelQuality"])
MODEL_BIAS_JOB_DEFINITION: Final = _row(MONITORS["ModelBias"])
MODEL_EXPLAINABILITY_JOB_DEFINITION: Final = _row(MONITORS["ModelExplainability"])
