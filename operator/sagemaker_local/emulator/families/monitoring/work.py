"""What a schedule does when it runs: one view of the four kinds of definition, and of one that is written into the schedule."""

from dataclasses import dataclass

from sagemaker_local.emulator.families.monitoring.definitions import MONITORS, Monitor
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to look at, with what, and where to write.

    Attributes:
        source: EndpointInput or BatchTransformInput.
        truth: where ground truth is, for the types that join it.
        app: image, entry point, scripts and problem type.
        baseline: the S3 URLs of constraints and statistics, or the job that made them.
        output: the one output: S3 URL, local path, upload mode.
    """

    monitor: Monitor
    name: str | None
    source: Json
    truth: str | None
    app: Json
    environment: Json
    baseline: Json
    output: Json
    kms_key: str | None
    resources: Json
    network: Json | None
    stopping: Json
    role: str

    @property
    def endpoint(self) -> str | None:
        """The endpoint that is watched, if it is one."""
        return self.source.get("EndpointName")


def work_of(schedule: Resource, config: Json, world: World) -> Work | None:
    """What a schedule does under a configuration; None if its definition is gone."""
    monitor = MONITORS[config["MonitoringType"]]
    inline = config.get("MonitoringJobDefinition")
    if inline is not None:
        return _inline(monitor, inline)
    definition = world.find(schedule.place, monitor.kind, config["MonitoringJobDefinitionName"])
    return None if definition is None else _named(monitor, definition)


def _inline(monitor: Monitor, given: Json) -> Work:
    source = given["MonitoringInputs"][0]
    return Work(
        monitor=monitor,
        name=None,
        source=source.get("EndpointInput") or source["BatchTransformInput"],
        truth=None,
        app=given["MonitoringAppSpecification"],
        environment=given.get("Environment", {}),
        baseline=given.get("BaselineConfig", {}),
        output=given["MonitoringOutputConfig"]["MonitoringOutputs"][0]["S3Output"],
        kms_key=given["MonitoringOutputConfig"].get("KmsKeyId"),
        resources=given["MonitoringResources"],
        network=given.get("NetworkConfig"),
        stopping=given["StoppingCondition"],
        role=given["RoleArn"],
    )


def _named(monitor: Monitor, definition: Resource) -> Work:
    spec = definition.spec
    app, output = spec[monitor.member("AppSpecification")], spec[monitor.member("JobOutputConfig")]
    return Work(
        monitor=monitor,
        name=definition.name,
        source=monitor.source(spec),
        truth=spec[monitor.member("JobInput")].get("GroundTruthS3Input", {}).get("S3Uri"),
        app=app,
        environment=app.get("Environment", {}),
        baseline=spec.get(monitor.member("BaselineConfig"), {}),
        output=output["MonitoringOutputs"][0]["S3Output"],
        kms_key=output.get("KmsKeyId"),
        resources=spec["JobResources"],
        network=spec.get("NetworkConfig"),
        stopping=spec["StoppingCondition"],
        role=spec["RoleArn"],
    )
