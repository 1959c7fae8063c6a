"""SageMaker's control plane on loopback.

    with Emulator.start(speed=60) as sagemaker:
        boto3.client("sagemaker", endpoint_url=sagemaker.url, …)

A request passes `server` (HTTP), `front` (faults, rates, journal) and `service` (validation, store, dispatch), and sets a
resource on a timeline that `machine` moves along. What is special about a family is data in `families`. What SageMaker does
not do is kept apart from it: `faults`, `scenarios`, `rates`, `clock`, `control`. S3 and STS come from moto (`mount`).
"""

from sagemaker_local.emulator.emulator import Emulator

__all__ = ["Emulator"]
