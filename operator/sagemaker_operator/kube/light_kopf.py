"""Imports kopf without the `kubernetes` package: import kopf from here.

kopf imports that package, when it is installed, only to recognise its classes in calls that we never make: 20 MB of memory and
half of the start-up time. A kubeconfig needs it, but a pod does not.
"""

import sys

_absent = "kubernetes" not in sys.modules
if _absent:
    sys.modules["kubernetes"] = None  # type: ignore[assignment]
try:
    import kopf
finally:
    if _absent:
        del sys.modules["kubernetes"]

__all__ = ["kopf"]
