"""sagemaker-runtime: the API that invokes what the emulated SageMaker hosts.

`Runtime` is the entrance, `ports` says what is needed of whoever runs the model servers; the other modules are the API itself.
Not here: the model servers and their fleets (see `serving`), and what an endpoint is and when it is in service (see
`families.hosting` of the emulator).
"""

from .ports import Hosting, Route
from .runtime import Runtime

__all__ = ["Hosting", "Route", "Runtime"]
