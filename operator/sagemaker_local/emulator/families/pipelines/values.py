"""The values that a running execution has for the references in its steps."""

import json
from typing import Any

from sagemaker_local.emulator.families.jobs.tuning_children import definitions, objective
from sagemaker_local.emulator.families.pipelines.children import CHILDREN, Run, describe
from sagemaker_local.emulator.families.pipelines.definition import parse, step_of
from sagemaker_local.emulator.families.pipelines.expressions import Unresolvable
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json


class Values:
    """Parameters, properties of the execution, and what steps made, at one moment."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._execution = run.execution

    def root(self, reference: str) -> tuple[Any, str]:
        """What the head of a reference stands for, and the path that is left. Raises Unresolvable."""
        head, _, rest = reference.partition(".")
        if head == "Parameters":
            return self._execution.spec["ParameterValues"], f"['{rest}']"
        if head == "Execution":
            return self._about_execution(), rest
        step = step_of(reference)
        if step is None:
            raise Unresolvable(f"{reference} is no reference to parameters, steps or the execution.")
        return self._made_by(step), reference.removeprefix(f"Steps.{step}")

    def property_file(self, reference: str) -> Any:
        """The JSON in the property file `Steps.<step>.PropertyFiles.<name>`. Raises Unresolvable."""
        step, _, name = reference.removeprefix("Steps.").partition(".PropertyFiles.")
        return self._json(self._location(step, name), f"Property file {name} of step {step}")

    def document(self, uri: str) -> Any:
        """The JSON in an object of S3. Raises Unresolvable."""
        return self._json(uri, "The file of Std:JsonGet")

    def _json(self, where: str, what: str) -> Any:
        bucket, _, key = where.removeprefix("s3://").partition("/")
        storage = self._run.world.storage
        body = storage.get(self._execution.place.account, bucket, key) if storage is not None else None
        if body is None:
            raise Unresolvable(f"{what} is not at {where}.")
        try:
            return json.loads(body)
        except ValueError:
            raise Unresolvable(f"{what} at {where} is not JSON.") from None

    def _location(self, step: str, name: str) -> str:
        planned = parse(self._execution.spec["PipelineDefinition"]).steps.get(step)
        files = planned.body.get("PropertyFiles", []) if planned is not None else []
        for file in files:
            if file.get("PropertyFileName") == name:
                outputs = self._made_by(step).get("ProcessingOutputConfig", {}).get("Outputs", [])
                folder = next((o["S3Output"]["S3Uri"] for o in outputs if o["OutputName"] == file["OutputName"]), None)
                if folder is not None:
                    return f"{folder.rstrip('/')}/{file['FilePath'].lstrip('/')}"
        raise Unresolvable(f"Step {step} has no property file {name} in one of its outputs.")

    def _made_by(self, step: str) -> Json:
        record = self._execution.facts["Steps"].get(step, {})
        planned = parse(self._execution.spec["PipelineDefinition"]).steps.get(step)
        if "Child" in record and planned is not None:
            try:
                return {
                    **describe(CHILDREN[planned.type], record["Child"], self._run),
                    **self._listed(planned.type, record),
                }
            except ServiceError as missing:
                raise Unresolvable(missing.text) from None
        return {"OutputParameters": record.get("Outputs", {})}

    def _listed(self, kind: str, record: Json) -> Json:
        """What a step has beside Describe: TrainingJobSummaries of a tuning step, the best first (SageMaker SDK, TuningStep)."""
        if kind != "Tuning":
            return {}
        place, name = self._execution.place, record["Child"].rpartition("/")[2]
        tuner = self._run.world.find(place, "HyperParameterTuningJob", name)
        wanted = objective(tuner.spec, definitions(tuner.spec)[0]) if tuner is not None else None
        order = "Descending" if wanted is not None and wanted["Type"] == "Maximize" else "Ascending"
        asked = {
            "HyperParameterTuningJobName": name,
            "SortBy": "FinalObjectiveMetricValue",
            "SortOrder": order,
            "MaxResults": 50,
        }
        return self._run.world.stage.do("ListTrainingJobsForHyperParameterTuningJob", asked, place, now=self._run.now)

    def _about_execution(self) -> Json:
        execution = self._execution
        pipeline = execution.spec["PipelineArn"]
        return {
            "PipelineName": pipeline.rpartition("/")[2],
            "PipelineArn": pipeline,
            "PipelineExecutionArn": execution.arn,
            "PipelineExecutionId": execution.key,
            "StartDateTime": execution.created,
            "CurrentDateTime": self._run.now,
        }
