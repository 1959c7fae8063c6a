"""The resources that steps create: which operation makes them, what their states mean, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World


@dataclass(frozen=True, slots=True)
class Run:
    """An execution, and the moment at which it is looked at."""

    execution: Resource
    world: World
    now: float


@dataclass(frozen=True, slots=True)
class Child:
    """What a type of step creates.

    Attributes:
        name: the member of the create request that the pipeline fills in; empty where AWS makes the name.
        metadata: the member of the step's metadata that holds the ARN.
        status: the member of Describe that says how it is; empty for what is there at once.
        done: the status of success.
        broken: the statuses of failure.
        stop: the operation that stops it, if there is one.
        longest: how long its name may be.
    """

    kind: str
    name: str
    metadata: str
    status: str = ""
    done: str = "Completed"
    broken: frozenset[str] = frozenset({"Failed", "Stopped"})
    stop: str = ""
    longest: int = 63
    described_by: str = ""


CHILDREN: Final[Mapping[str, Child]] = {
    "Training": Child("TrainingJob", "TrainingJobName", "TrainingJob", "TrainingJobStatus", stop="StopTrainingJob"),
    "Processing": Child("ProcessingJob", "ProcessingJobName", "ProcessingJob", "ProcessingJobStatus", stop="StopProcessingJob"),
    "Transform": Child("TransformJob", "TransformJobName", "TransformJob", "TransformJobStatus", stop="StopTransformJob"),
    "Tuning": Child(
        "HyperParameterTuningJob", "HyperParameterTuningJobName", "TuningJob", "HyperParameterTuningJobStatus",
        stop="StopHyperParameterTuningJob", longest=32,
    ),
    "AutoML": Child("AutoMLJob", "AutoMLJobName", "AutoMLJob", "AutoMLJobStatus", stop="StopAutoMLJob", longest=32),
    "Model": Child("Model", "ModelName", "Model"),
    "RegisterModel": Child("ModelPackage", "", "RegisterModel", "ModelPackageStatus", described_by="ModelPackageName"),
    "EndpointConfig": Child("EndpointConfig", "EndpointConfigName", "EndpointConfig"),
    "Endpoint": Child(
        "Endpoint", "EndpointName", "Endpoint", "EndpointStatus", done="InService",
        broken=frozenset({"Failed", "OutOfService"}),
    ),
}  # fmt: skip


def describe(child: Child, arn: str, run: Run) -> Json:
    """What Describe answers about what a step made. Raises ServiceError."""
    member = child.described_by or child.name
    return run.world.stage.do(f"Describe{child.kind}", {member: arn}, run.execution.place, now=run.now)


def name_for(child: Child, prefix: Any, step: str, run: Run) -> str:
    """The name of what a step makes, as in recorded executions: `pipelines-<execution id>-<step>-<random>`.

    Where names are short the first word is missing. A prefix is what use_custom_job_prefix of the SageMaker SDK leaves there.
    """
    known, random = run.execution.key, run.world.new_id(10)
    if isinstance(prefix, str):
        return f"{prefix[: child.longest - 24].rstrip('-')}-{known}-{random}"
    head = f"pipelines-{known}" if child.longest > 32 else known
    middle = step[: child.longest - len(head) - len(random) - 2].replace("_", "-").rstrip("-")
    return f"{head}-{middle}-{random}"
