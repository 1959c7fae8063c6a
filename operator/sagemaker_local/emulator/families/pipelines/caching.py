"""Step caching: a step with CacheConfig that ran before with the same arguments is not run again."""

import json
import re
from hashlib import blake2b
from typing import Final

from sagemaker_local.emulator.families.pipelines.children import Run
from sagemaker_local.emulator.families.pipelines.definition import PlannedStep
from sagemaker_local.emulator.resource import Json

_DURATION: Final = re.compile(r"P?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.IGNORECASE)


def digest(arguments: Json) -> str:
    """What tells one set of resolved arguments from another."""
    return blake2b(json.dumps(arguments, sort_keys=True).encode(), digest_size=12).hexdigest()


def cached(step: PlannedStep, wanted: str, run: Run) -> tuple[str, Json] | None:
    """The newest execution of the same pipeline in which the step succeeded with these arguments, and its record there.

    None if the step's cache is off, nothing is found, or it has expired.
    """
    config = step.body.get("CacheConfig")
    if not isinstance(config, dict) or config.get("Enabled") is not True:
        return None
    oldest = run.now - (_seconds(str(config.get("ExpireAfter", ""))) or run.now)
    for other in reversed(run.world.store.of_kind(run.execution.place, "PipelineExecution").values()):
        if other is run.execution or other.spec["PipelineArn"] != run.execution.spec["PipelineArn"]:
            continue
        record = other.facts["Steps"].get(step.name, {})
        ran = record.get("StepStatus") == "Succeeded" and "CacheHitResult" not in record
        if ran and record.get("Digest") == wanted and record["EndTime"] >= oldest:
            return other.arn, record
    return None


def _seconds(duration: str) -> float:
    """The length of an ISO 8601 duration in days to seconds, for example `P30D`, or `30d` as the SageMaker SDK allows."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(days * 86400 + hours * 3600 + minutes * 60 + seconds)
