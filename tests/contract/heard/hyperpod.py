"""What the emulator says about HyperPod clusters, their extensions and their task governance, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

_EXTENSION, _POLICY, _QUOTA = "ClusterExtension", "ClusterSchedulerConfig", "ComputeQuota"

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "hyperpod.clusters.EXISTS": (("Cluster", "CreateCluster", Exists),),
    "hyperpod.clusters.BUSY": (("Cluster", "UpdateCluster", Busy), ("Cluster", "DeleteCluster", Busy)),
    "hyperpod.clusters.NO_TYPE": (("Cluster", "CreateCluster", Refused),),
    "hyperpod.clusters.NO_GROUP": (("Cluster", "UpdateCluster", Refused),),
    "hyperpod.extensions.MISSING": (
        (_EXTENSION, f"Describe{_EXTENSION}", Absent),
        (_EXTENSION, f"Delete{_EXTENSION}", Absent),
    ),
    "hyperpod.extensions.EXISTS": ((_EXTENSION, f"Create{_EXTENSION}", Exists),),
    "hyperpod.extensions.ID_TAKEN": ((_EXTENSION, f"Create{_EXTENSION}", Exists),),
    "hyperpod.extensions.NOT_CONTINUOUS": ((_EXTENSION, f"Create{_EXTENSION}", Refused),),
    "hyperpod.extensions.NO_SUCH_EXTENSION": ((_EXTENSION, f"Create{_EXTENSION}", Refused),),
    "hyperpod.extensions.BUSY": (
        (_EXTENSION, f"Update{_EXTENSION}", Busy),
        (_EXTENSION, f"Delete{_EXTENSION}", Busy),
    ),
    "hyperpod.governance.MISSING": (
        (_POLICY, f"Describe{_POLICY}", Absent),
        (_POLICY, f"Delete{_POLICY}", Absent),
        (_QUOTA, f"Describe{_QUOTA}", Absent),
        (_QUOTA, f"Delete{_QUOTA}", Absent),
    ),
    "hyperpod.governance.EXISTS": ((_POLICY, f"Create{_POLICY}", Exists), (_QUOTA, f"Create{_QUOTA}", Exists)),
    # An id of SageMaker's own choice: the next Create gets another.
    "hyperpod.governance.ID_TAKEN": ((_POLICY, f"Create{_POLICY}", Busy), (_QUOTA, f"Create{_QUOTA}", Busy)),
    # The next look tells the version that is in force by then.
    "hyperpod.governance.OLD_VERSION": ((_POLICY, f"Update{_POLICY}", Busy), (_QUOTA, f"Update{_QUOTA}", Busy)),
    # The operator never asks for a version.
    "hyperpod.governance.NO_VERSION": (),
    "hyperpod.governance.BUSY": (
        (_POLICY, f"Update{_POLICY}", Busy),
        (_POLICY, f"Delete{_POLICY}", Busy),
        (_QUOTA, f"Update{_QUOTA}", Busy),
        (_QUOTA, f"Delete{_QUOTA}", Busy),
    ),
}
