"""Pipeline definitions and requests about pipelines; keyword arguments replace members."""

import json
from typing import Any

from tests.emulator.asking import CLUSTER, IMAGE, ROLE, training_job

TOKEN = "0123456789abcdef0123456789abcdef"


def definition(*steps: dict[str, Any], parameters: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps({"Version": "2020-12-01", "Parameters": list(parameters), "Steps": list(steps)})


def step(name: str, kind: str = "Lambda", *, depends: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments, **({"DependsOn": list(depends)} if depends else {})}


def train(name: str = "Train", **arguments: Any) -> dict[str, Any]:
    request = {member: value for member, value in training_job().items() if member != "TrainingJobName"}
    return step(name, "Training", **{**request, **arguments})


def process(name: str = "Evaluate", **arguments: Any) -> dict[str, Any]:
    request = {
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
    }
    return step(name, "Processing", **{**request, **arguments})


def pipeline(*steps: dict[str, Any], name: str = "nightly", **members: Any) -> dict[str, Any]:
    given = {"PipelineName": name, "RoleArn": ROLE, "ClientRequestToken": TOKEN, **members}
    return given if "PipelineDefinition" in given else {**given, "PipelineDefinition": definition(*steps)}


def steps_of(client: Any, execution: str) -> dict[str, dict[str, Any]]:
    """The steps that have begun, by name."""
    listed = client.list_pipeline_execution_steps(PipelineExecutionArn=execution, SortOrder="Ascending", MaxResults=100)
    return {entry["StepName"]: entry for entry in listed["PipelineExecutionSteps"]}


def states(client: Any, execution: str) -> dict[str, str]:
    return {name: entry["StepStatus"] for name, entry in steps_of(client, execution).items()}


def status(client: Any, execution: str) -> str:
    return str(client.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"])


def start(client: Any, *steps: dict[str, Any], **members: Any) -> str:
    """The ARN of an execution of a new pipeline."""
    client.create_pipeline(**pipeline(*steps))
    return str(client.start_pipeline_execution(PipelineName="nightly", **members)["PipelineExecutionArn"])
