"""What can go wrong around a local control plane, in words for the person who started it.

ClusterError
├── BinariesMissing   no usable etcd, kube-apiserver or kube-controller-manager
│   └── BuildFailed   they could not be built either
├── NotStarted        a component ended or was not ready in time
├── NotRunning        asked of a cluster that has been stopped
└── RunningAlready    this user has one in the background
"""


class ClusterError(Exception):
    """Something about the local control plane that the user can act on."""


class BinariesMissing(ClusterError):
    """No usable set of control-plane programs where the user said they are."""


class BuildFailed(BinariesMissing):
    """The control-plane programs could not be built."""


class NotStarted(ClusterError):
    """A component ended, or was not ready in time."""


class NotRunning(ClusterError):
    """The cluster has been stopped, or its keeper was killed."""


class RunningAlready(ClusterError):
    """This user has one in the background."""
