"""Facts for the tests of the engine: valid ones, in which only what a test is about needs to be said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.engine.ownership import ownership
from sagemaker_operator.engine.resource import FINALIZER, Resource
from sagemaker_operator.engine.target import understand
from sagemaker_operator.kinds import KINDS

UID = "6f1c2a52-0c2e-4d1b-9a56-3f6d1c0f8b11"
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:thing/digits"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

SPECS: Mapping[str, dict[str, Any]] = {
    "TrainingJob": {
        "trainingJobName": "digits",
        "roleARN": "arn:aws:iam::123456789012:role/sagemaker",
        "outputDataConfig": {"s3OutputPath": "s3://bucket/out"},
    },
    "Model": {
        "modelName": "digits",
        "primaryContainer": {"image": "image", "modelDataURL": "s3://bucket/model.tar.gz"},
    },
    "Endpoint": {"endpointName": "digits", "endpointConfigName": "one"},
    "Domain": {
        "domainName": "digits",
        "authMode": "IAM",
        "subnetIDs": ["subnet-1", "subnet-2"],
        "defaultUserSettings": {"executionRole": "arn:aws:iam::123456789012:role/sagemaker"},
    },
    "Image": {"imageName": "digits", "roleARN": "arn:aws:iam::123456789012:role/sagemaker"},
    "ModelPackage": {"modelPackageGroupName": "digits"},
    "NotebookInstance": {
        "notebookInstanceName": "digits",
        "instanceType": "ml.t3.medium",
        "roleARN": "arn:aws:iam::123456789012:role/sagemaker",
    },
    "Pipeline": {
        "pipelineName": "digits",
        "pipelineDefinition": '{"Version": "2020-12-01", "Steps": []}',
        "roleARN": "arn:aws:iam::123456789012:role/sagemaker",
    },
    "Workforce": {"workforceName": "digits"},
    "MonitoringSchedule": {
        "monitoringScheduleName": "digits",
        "monitoringScheduleConfig": {"monitoringJobDefinitionName": "quality", "monitoringType": "DataQuality"},
    },
}


def resource(kind: str = "TrainingJob", **given: Any) -> Resource:
    """A claimed resource of generation 1 without a status."""
    spec = {**SPECS[kind], **given.pop("spec", {})}
    made = Resource(
        kind=KINDS[kind],
        namespace="team-a",
        name="digits",
        uid=UID,
        generation=1,
        version="7",
        deleting=False,
        finalizers=(FINALIZER,),
        annotations={},
        spec=spec,
        status={"observedGeneration": -1},
    )
    return replace(made, **given)


def known(kind: str = "TrainingJob", **status: Any) -> dict[str, Any]:
    """The status of a resource that an earlier pass has confirmed at AWS."""
    identity = KINDS[kind].identity_field
    return {identity: "digits", "arn": ARN, "attempt": 1, "observedGeneration": 1, **status}


def condition(kind: str, status: str = "True", reason: str = "Because", **more: Any) -> dict[str, Any]:
    """One condition."""
    since = {"observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z", "message": "m"}
    return {"type": kind, "status": status, "reason": reason, **since, **more}


def facts(kind: str = "TrainingJob", *, about: Resource | None = None, **given: Any) -> Facts:
    """The facts at the start of a pass."""
    made = about if about is not None else resource(kind)
    owned = ownership(cluster="c", namespace=made.namespace, name=made.name, uid=made.uid)
    given.setdefault("now", NOW)
    return Facts(resource=made, target=given.pop("target", understand(made, made.spec, owned)), **given)


def reply(kind: str = "TrainingJob", status: str | None = None, **more: Any) -> dict[str, Any]:
    """A Describe reply about the resource."""
    family = KINDS[kind].family
    told = {family.identity: "digits", family.arn: ARN, **more}
    return told if family.status is None or status is None else {**told, family.status: status}
