"""What the emulator says about inference components, experiments and routers, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

_COMPONENT, _EXPERIMENT, _ROUTER = "InferenceComponent", "InferenceExperiment", "InferenceRouter"

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "hosting.components.NO_COMPONENT": (
        (_COMPONENT, "DescribeInferenceComponent", Absent),
        (_COMPONENT, "DeleteInferenceComponent", Absent),
        # The component that an adapter is based on.
        (_COMPONENT, "CreateInferenceComponent", Refused),
        (_COMPONENT, "UpdateInferenceComponent", Refused),
    ),
    "hosting.components.NO_ENDPOINT": ((_COMPONENT, "CreateInferenceComponent", Refused),),
    "hosting.components.NO_VARIANT": ((_COMPONENT, "CreateInferenceComponent", Refused),),
    "hosting.components.NO_MODEL": (
        (_COMPONENT, "CreateInferenceComponent", Refused),
        (_COMPONENT, "UpdateInferenceComponent", Refused),
    ),
    "hosting.components.COMPONENT_EXISTS": ((_COMPONENT, "CreateInferenceComponent", Exists),),
    "hosting.components.COMPONENT_BUSY": (
        (_COMPONENT, "UpdateInferenceComponent", Busy),
        (_COMPONENT, "DeleteInferenceComponent", Busy),
    ),
    "hosting.components.BEING_DELETED": ((_COMPONENT, "DeleteInferenceComponent", Busy),),
    "hosting.components.NOT_SUPPORTED": ((_COMPONENT, "CreateInferenceComponent", Refused),),
    "hosting.components.TWO_SPECIFICATIONS": ((_COMPONENT, "CreateInferenceComponent", Refused),),
    "hosting.components.NOTHING_TO_UPDATE": ((_COMPONENT, "UpdateInferenceComponent", Refused),),
    "hosting.components.IS_A_BASE": ((_COMPONENT, "DeleteInferenceComponent", Busy),),
    "hosting.experiments.MISSING": (
        (_EXPERIMENT, "DescribeInferenceExperiment", Absent),
        (_EXPERIMENT, "StopInferenceExperiment", Absent),
        (_EXPERIMENT, "DeleteInferenceExperiment", Absent),
    ),
    "hosting.experiments.EXISTS": ((_EXPERIMENT, "CreateInferenceExperiment", Exists),),
    "hosting.experiments.WRONG_STATUS": (
        (_EXPERIMENT, "UpdateInferenceExperiment", Busy),
        (_EXPERIMENT, "StopInferenceExperiment", Busy),
        (_EXPERIMENT, "DeleteInferenceExperiment", Busy),
    ),
    "hosting.experiments.NO_ENDPOINT": ((_EXPERIMENT, "CreateInferenceExperiment", Refused),),
    "hosting.experiments.NO_MODEL": (
        (_EXPERIMENT, "CreateInferenceExperiment", Refused),
        (_EXPERIMENT, "UpdateInferenceExperiment", Refused),
    ),
    "hosting.experiments.OTHER_VARIANT": (
        (_EXPERIMENT, "CreateInferenceExperiment", Refused),
        (_EXPERIMENT, "UpdateInferenceExperiment", Refused),
    ),
    "hosting.experiments.BAD_SCHEDULE": ((_EXPERIMENT, "CreateInferenceExperiment", Refused),),
    "hosting.routers.MISSING": (
        (_ROUTER, "DescribeInferenceRouter", Absent),
        (_ROUTER, "DeleteInferenceRouter", Absent),
    ),
    "hosting.routers.EXISTS": ((_ROUTER, "CreateInferenceRouter", Exists),),
    "hosting.routers.BUSY": ((_ROUTER, "UpdateInferenceRouter", Busy), (_ROUTER, "DeleteInferenceRouter", Busy)),
    "hosting.routers.SAME_NAMES": ((_ROUTER, "CreateInferenceRouter", Refused),),
    "hosting.routers.WRONG_TYPE": ((_ROUTER, "CreateInferenceRouter", Refused),),
}
