"""What SageMaker says when a batch transform goes wrong: the failure of the job, and the lines of its data log."""

from collections.abc import Sequence
from typing import Final

from sagemaker_local.emulator.refusal import UNVERIFIED
from sagemaker_local.runner.contract.reasons import SEE_LOGS, Reason

CLIENT: Final = Reason(
    "ClientError: See job logs for more information",
    evidence="the reason of a failed transform job, quoted in public issues and questions about sagemaker-python-sdk",
)
ALGORITHM: Final = SEE_LOGS
NOT_SERVED: Final = Reason("ClientError: {why}", evidence=f"an endpoint's reason has these words; here {UNVERIFIED}")
GONE: Final = Reason("Could not find model {name}.", evidence=f"of a model deleted while its job waited: {UNVERIFIED}")
REFUSED: Final = Reason("ClientError: {status}", evidence="sagemaker-python-sdk#1882, amazon-sagemaker-examples#1620")
BROKEN: Final = Reason(
    "Bad HTTP status received from algorithm: {status}",
    evidence="sagemaker-tensorflow-serving-container#93",
)
SILENT: Final = Reason("Unable to get response from algorithm", evidence="sagemaker-python-sdk#753, #1951")
TOO_SLOW: Final = Reason(
    "Model server did not respond to /invocations request within {seconds} seconds",
    evidence="grand-challenge.org's back end looks for it in data logs",
)
NOT_WRITTEN: Final = Reason("ClientError: The bucket of S3OutputPath {path} does not exist.", evidence=UNVERIFIED)


class Trouble(Exception):
    """Why a file was not transformed.

    Attributes:
        lines: what the data log says of it.
        of_client: whether its data or the job's settings were at fault, and not the model.
    """

    def __init__(self, lines: Sequence[str], *, of_client: bool) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)
        self.of_client = of_client
