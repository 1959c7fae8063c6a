"""What can go wrong between us and the Kubernetes API server.

KubeError
├── AccessError   no usable kubeconfig or service account: nothing can be asked at all
├── Conflict      somebody was faster: read again
├── Forbidden     our permissions or credentials do not allow it
├── Invalid       the API server does not accept the object
├── Missing       the resource type or the namespace is not there
└── Unavailable   no usable answer: it may have happened
"""


class KubeError(Exception):
    """A request to the API server that brought no result; the message names the verb and the object."""


class AccessError(KubeError):
    """It is not known how to reach the API server, or the way that was told does not work."""


class Conflict(KubeError):
    """The object was changed, or created, by somebody else in between."""


class Forbidden(KubeError):
    """The API server knows us and says no, or does not know us."""


class Invalid(KubeError):
    """The API server refuses the object itself; the same request will fail again."""


class Missing(KubeError):
    """The resource type is not installed, or the namespace does not exist."""


class Unavailable(KubeError):
    """Cut connection, time-out, overload or a server error: the request may have been carried out.

    Attributes:
        retry_after: seconds that the API server asks us to wait, if it said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
