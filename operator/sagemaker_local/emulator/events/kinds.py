"""Which resource kinds SageMaker tells EventBridge about, and how: a row of data for each detail-type.

Kinds without a row send no event: AWS has none for InferenceComponent, Domain, UserProfile, Space, App, job definitions, AutoML,
Compilation, Experiment and Trial. The rows are looked up by the kind's name, so that a family that is added later speaks at once.
Not here: how an event is made from a row (see `documents`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from sagemaker_local.emulator.refusal import UNVERIFIED
from sagemaker_local.emulator.resource import Json

SOURCE: Final = "aws.sagemaker"
STEP_CHANGE: Final = "SageMaker Model Building Pipeline Execution Step Status Change"
GUIDE: Final = "SageMaker Developer Guide, Events that Amazon SageMaker AI sends to Amazon EventBridge"
RECORDED: Final = "events in the tests of awslabs/mlspace"
REFERENCE: Final = f"detail-type: EventBridge's reference of aws.sagemaker events; the detail is {UNVERIFIED}"


class Times(Enum):
    """How an event spells times."""

    MILLISECONDS = "epoch milliseconds"
    ISO = "ISO 8601"


def upper_snake(status: str) -> str:
    """InService as IN_SERVICE."""
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(status)).upper()


def _always(_: Json) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a change of a resource becomes an event.

    Attributes:
        detail_type: the event's detail-type.
        evidence: where such an event was seen.
        status: the member that holds the status, where its spelling differs from the API's.
        spelling: the API's spelling of the status to the event's.
        values: further values that are spelt otherwise, by path of members; `[]` means each item.
        times: how times are spelt.
        nulls: members that are null when there is nothing to say; other such members are left out.
        tags: whether the detail has the resource's tags, as a map.
        only: the members that the detail has; None means all that Describe has.
        renamed: Describe's name of a member to the event's; with it, all others are left out.
        previous: the member that tells the status before.
        resources: Describe's members whose values are the event's resources; the resource's own ARN if there are none.
        applies: whether a resource, as described, is in a state of which this event tells.
        removal: whether there is an event when the resource is gone.
        secondary: whether there is an event when only the secondary status changed.
    """

    detail_type: str
    evidence: str
    status: str | None = None
    spelling: Callable[[str], str] = str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    times: Times = Times.MILLISECONDS
    nulls: tuple[str, ...] = ()
    tags: bool = True
    only: frozenset[str] | None = None
    renamed: Mapping[str, str] | None = None
    previous: str | None = None
    resources: tuple[str, ...] = ()
    applies: Callable[[Json], bool] = _always
    removal: bool = False
    secondary: bool = True


def _spelt(**differing: str) -> Callable[[str], str]:
    return lambda status: differing.get(status, status)


def _deploying(described: Json) -> bool:
    """Whether an endpoint's fleet is being changed, which only UPDATING events of deployments show."""
    variants: list[Any] = described.get("ProductionVariants", [])
    return "PendingDeploymentSummary" in described or any("VariantStatus" in variant for variant in variants)


_S3_DATA: Final = {"ManifestFile": "MANIFEST_FILE", "S3Prefix": "S3_PREFIX"}
_SPREAD: Final = {"FullyReplicated": "FULLYREPLICATED", "ShardedByS3Key": "SHARDEDBYS3KEY"}
_CONFIG_NULLS: Final = (
    "DataCaptureConfig", "KmsKeyId", "AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants",
)  # fmt: skip
_TUNING_NULLS: Final = (
    "TrainingJobDefinitions", "HyperParameterTuningEndTime", "FailureReason", "TuningJobCompletionReason",
    "TuningJobCompletionDetails",
)  # fmt: skip

TELLINGS: Final[Mapping[str, tuple[Telling, ...]]] = {
    "TrainingJob": (
        Telling(
            detail_type="SageMaker Training Job State Change",
            evidence=f"{GUIDE}; {RECORDED} for times and nulls",
            nulls=("FailureReason", "TrainingStartTime", "TrainingEndTime"),
        ),
    ),
    "ProcessingJob": (
        Telling(
            detail_type="SageMaker Processing Job State Change",
            evidence=f"{GUIDE}; S3_PREFIX, FILE, SHARDEDBYS3KEY and END_OF_JOB by analogy",
            tags=False,
            values={
                "ProcessingInputs[].S3Input.S3DataType": _S3_DATA,
                "ProcessingInputs[].S3Input.S3InputMode": {"Pipe": "PIPE", "File": "FILE"},
                "ProcessingInputs[].S3Input.S3DataDistributionType": _SPREAD,
                "ProcessingOutputConfig.Outputs[].S3Output.S3UploadMode": {
                    "Continuous": "CONTINUOUS", "EndOfJob": "END_OF_JOB",
                },
            },
        ),
    ),
    "TransformJob": (
        Telling(
            detail_type="SageMaker Transform Job State Change",
            evidence=f"{GUIDE}; {RECORDED} for times and nulls",
            nulls=("FailureReason", "TransformStartTime", "TransformEndTime"),
        ),
    ),
    "HyperParameterTuningJob": (
        Telling(
            detail_type="SageMaker HyperParameter Tuning Job State Change",
            evidence=f"{GUIDE}; {RECORDED} for Running, times and nulls",
            status="HyperParameterTuningJobStatus",
            spelling=_spelt(InProgress="Running"),
            nulls=_TUNING_NULLS,
        ),
    ),
    "Endpoint": (
        Telling(
            detail_type="SageMaker Endpoint State Change",
            evidence=f"{GUIDE}; {RECORDED} for times and nulls",
            status="EndpointStatus",
            spelling=upper_snake,
            nulls=("FailureReason",),
            secondary=False,
        ),
        Telling(
            detail_type="SageMaker Endpoint Deployment State Change",
            evidence=GUIDE,
            status="EndpointStatus",
            spelling=upper_snake,
            applies=_deploying,
        ),
    ),
    "EndpointConfig": (
        Telling(
            detail_type="SageMaker Endpoint Config State Change",
            evidence=RECORDED,
            nulls=_CONFIG_NULLS,
            removal=True,
        ),
    ),
    "Model": (
        Telling(
            detail_type="SageMaker Model State Change",
            evidence=f"{GUIDE}: when it is created or deleted; {RECORDED}",
            nulls=("Containers",),
            removal=True,
        ),
    ),
    "ModelPackage": (
        Telling(
            detail_type="SageMaker Model Package State Change",
            evidence=GUIDE,
            times=Times.ISO,
            tags=False,
        ),
    ),
    "ModelCard": (
        Telling(detail_type="SageMaker Model Card State Change", evidence=GUIDE, times=Times.ISO, tags=False),
    ),
    "ModelCardExportJob": (
        Telling(detail_type="SageMaker Model Card Export Job State Change", evidence=REFERENCE),
    ),
    "MonitoringSchedule": (
        Telling(detail_type="SageMaker Monitoring Schedule State Change", evidence=REFERENCE),
    ),
    "NotebookInstance": (
        Telling(detail_type="SageMaker Notebook Instance State Change", evidence=RECORDED),
    ),
    "NotebookInstanceLifecycleConfig": (
        Telling(detail_type="SageMaker Notebook Lifecycle Config State Change", evidence=REFERENCE, removal=True),
    ),
    "Algorithm": (
        Telling(detail_type="SageMaker Algorithm State Change", evidence=REFERENCE),
    ),
    "FeatureGroup": (
        Telling(
            detail_type="SageMaker Feature Group State Change",
            evidence=GUIDE,
            status="FeatureGroupStatus",
            spelling=_spelt(Created="Active"),
        ),
    ),
    "Image": (
        Telling(
            detail_type="SageMaker Image State Change",
            evidence=GUIDE,
            only=frozenset({"ImageName", "ImageArn", "ImageStatus"}),
        ),
    ),
    "ImageVersion": (
        Telling(
            detail_type="SageMaker Image Version State Change",
            evidence=GUIDE,
            only=frozenset({"ImageArn", "ImageVersionArn", "ImageVersionStatus", "Version"}),
        ),
    ),
    "Cluster": (
        Telling(detail_type="SageMaker HyperPod Cluster State Change", evidence=GUIDE, tags=False),
    ),
    "LabelingJob": (
        Telling(
            detail_type="SageMaker Ground Truth Labeling Job State Change",
            evidence=RECORDED,
            only=frozenset({"LabelingJobStatus"}),
            tags=False,
        ),
    ),
    "PipelineExecution": (
        Telling(
            detail_type="SageMaker Model Building Pipeline Execution Status Change",
            evidence=GUIDE,
            times=Times.ISO,
            tags=False,
            renamed={
                "PipelineExecutionDisplayName": "pipelineExecutionDisplayName",
                "PipelineExecutionStatus": "currentPipelineExecutionStatus",
                "PipelineExecutionDescription": "pipelineExecutionDescription",
                "CreationTime": "executionStartTime",
                "LastModifiedTime": "executionEndTime",
                "PipelineArn": "pipelineArn",
                "PipelineExecutionArn": "pipelineExecutionArn",
            },
            previous="previousPipelineExecutionStatus",
            resources=("PipelineArn", "PipelineExecutionArn"),
        ),
    ),
}  # fmt: skip
