"""How a transform job asks its model: batch strategy, payload, concurrency, time-outs.

What CreateTransformJob leaves open is asked of the container, at `GET /execution-parameters`; what that leaves open too has
SageMaker's defaults (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.transform.framing import MEBIBYTE

LEAST_SECONDS: Final = 15.0
"""How long a model may really take for an answer, however fast the emulator's time passes."""
_STRATEGIES: Final[Mapping[str, str]] = {
    "MULTI_RECORD": "MultiRecord",
    "SINGLE_RECORD": "SingleRecord",
    "MultiRecord": "MultiRecord",
    "SingleRecord": "SingleRecord",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the model is asked.

    Attributes:
        concurrent: requests at a time to each instance.
        megabytes: the most that a payload may have; 0 for any size.
        strategy: MultiRecord or SingleRecord.
        seconds: how long an answer may take, in SageMaker's time.
        retries: how often a request that failed is sent again.
    """

    concurrent: int = 1
    megabytes: int = 6
    strategy: str = "MultiRecord"
    seconds: int = 600
    retries: int = 3

    @property
    def most(self) -> int:
        """The most bytes of a payload; 0 for any number."""
        return self.megabytes * MEBIBYTE

    def environment(self) -> dict[str, str]:
        """What the container is told of it."""
        strategy = "SINGLE_RECORD" if self.strategy == "SingleRecord" else "MULTI_RECORD"
        return {
            "SAGEMAKER_BATCH": "true",
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(self.megabytes),
            "SAGEMAKER_BATCH_STRATEGY": strategy,
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(self.concurrent),
        }

    def sentence(self) -> str:
        """The first line of a data log, as in sagemaker-python-sdk#1882."""
        strategy = self.environment()["SAGEMAKER_BATCH_STRATEGY"]
        return f"MaxConcurrentTransforms={self.concurrent}, MaxPayloadInMB={self.megabytes}, BatchStrategy={strategy}"

    def real_seconds(self, speed: float) -> float:
        """How long an answer may really take."""
        return max(self.seconds / speed, min(self.seconds, LEAST_SECONDS))


def settings(spec: Json, wishes: Json) -> Settings:
    """What holds for a job.

    Args:
        spec: the members of CreateTransformJob.
        wishes: what the container answered, by `wishes_of`; empty if it has no wishes.
    """
    client = spec.get("ModelClientConfig", {})
    usual = Settings()
    return Settings(
        concurrent=int(
            spec.get("MaxConcurrentTransforms") or wishes.get("MaxConcurrentTransforms", 0) or usual.concurrent
        ),
        megabytes=int({"MaxPayloadInMB": usual.megabytes, **wishes, **spec}["MaxPayloadInMB"]),
        strategy=spec.get("BatchStrategy") or wishes.get("BatchStrategy") or usual.strategy,
        seconds=int(client.get("InvocationsTimeoutInSeconds", usual.seconds)),
        retries=int(client.get("InvocationsMaxRetries", usual.retries)),
    )


def wishes_of(status: int, body: bytes) -> Json:
    """What a container answered to `GET /execution-parameters`; empty where it makes no sense or there is nothing."""
    if status != 200:
        return {}
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return (
        {name: read for name, value in said.items() if (read := _read(name, value)) is not None}
        if isinstance(said, dict)
        else {}
    )


def _read(name: str, value: Any) -> Any:
    match name, value:
        case "MaxConcurrentTransforms" | "MaxPayloadInMB", int() if not isinstance(value, bool) and value >= 0:
            return value
        case "BatchStrategy", str():
            return _STRATEGIES.get(value)
    return None
