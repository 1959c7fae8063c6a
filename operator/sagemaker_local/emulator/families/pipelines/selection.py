"""Selective execution: only some steps run, and what they need comes from another execution of the pipeline."""

from typing import Final

from sagemaker_local.emulator.families.pipelines import steps
from sagemaker_local.emulator.families.pipelines.definition import Definition
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_STEP: Final = Refusal(
    VALIDATION,
    "The selected steps [{names}] are not in the pipeline definition.",
    evidence=UNVERIFIED,
)
NO_SOURCE: Final = Refusal(
    VALIDATION,
    "Invalid SourcePipelineExecutionArn: {arn}. The selected steps [{selected}] have dependencies on [{needed}]",
    evidence="aws/sagemaker-python-sdk#4444",
)


def selection_makes_sense(call: Call, definition: Definition, pipeline: Resource, world: World) -> None:
    """The selected steps exist, and so does the execution from which they take what they need."""
    config = call.request.get("SelectiveExecutionConfig")
    if config is None:
        return
    selected = [entry["StepName"] for entry in config["SelectedSteps"]]
    unknown = [name for name in selected if name not in definition.steps]
    if unknown:
        raise NO_STEP.error(names=", ".join(unknown))
    needed = sorted(_others(definition, set(selected)))
    given = config.get("SourcePipelineExecutionArn")
    source = world.store.find_arn(given) if given else None
    usable = (
        source is not None
        and source.spec.get("PipelineArn") == pipeline.arn
        and source.status in ("Failed", "Succeeded")
    )
    if (needed or given) and not usable:
        raise NO_SOURCE.error(arn=given or "null", selected=", ".join(selected), needed=", ".join(needed))


def copy_others(execution: Resource, definition: Definition, world: World, now: float) -> None:
    """Take what the selected steps need from the source execution."""
    config = execution.spec.get("SelectiveExecutionConfig")
    if config is None:
        return
    selected = {entry["StepName"] for entry in config["SelectedSteps"]}
    execution.facts["Selected"] = sorted(selected)
    source = world.store.find_arn(config.get("SourcePipelineExecutionArn", ""))
    known: dict[str, Json] = source.facts["Steps"] if source is not None else {}
    for name in sorted(_others(definition, selected)):
        if source is not None and known.get(name, {}).get("StepStatus") == "Succeeded":
            record: Json = {"StepName": name, "StepStatus": "Executing", "StartTime": now, "AttemptCount": 0}
            steps.reuse(record, source.arn, known[name], member="SelectiveExecutionResult", now=now)
            execution.facts["Steps"].setdefault(name, record)


def _others(definition: Definition, selected: set[str]) -> set[str]:
    """The steps that selected ones need and that are not selected."""
    return {needed for name in selected for needed in definition.steps[name].needs} - selected
