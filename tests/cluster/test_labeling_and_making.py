"""Labeling, review, batch transform, tuning, Autopilot, compilation and what goes to the edge, as their examples have them."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.builders import Manifest
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import KINDS

EXAMPLES = Path(__file__).parents[2] / "examples" / "kinds"


def example(kind: str, **members: Any) -> Manifest:
    manifest: Manifest = yaml.safe_load((EXAMPLES / f"{kind.lower()}.yaml").read_text())
    spec = {**manifest["spec"], **members}
    return {**manifest, "spec": {field: value for field, value in spec.items() if value is not None}}


def asked(sagemaker: Emulator, operation: str) -> list[dict[str, Any]]:
    """What was asked of an operation."""
    return [dict(entry.parameters) for entry in sagemaker.journal.entries() if entry.operation == operation]


LABELING = ("Workforce", "Workteam", "LabelingJob", "HumanTaskUi", "FlowDefinition")
EDGE = ("CompilationJob", "EdgePackagingJob", "DeviceFleet", "EdgeDeploymentPlan")
# Of the others SageMaker keeps a record: jobs that are over, and a plan that is paid.
GONE = (*LABELING[:2], *LABELING[3:], *EDGE[2:], "Model", "AIWorkloadConfig", "TrainingSession")
REFERRING: dict[str, dict[str, Any]] = {
    "Workteam": {"workforceRef": {"name": "digits"}},
    "TransformJob": {"modelName": None, "modelRef": {"name": "digits"}},
    "AIRecommendationJob": {"aIWorkloadConfigIdentifier": None, "aIWorkloadConfigRef": {"name": "digits"}},
    "EdgePackagingJob": {"compilationJobName": None, "compilationJobRef": {"name": "digits"}},
    "EdgeDeploymentPlan": {
        "deviceFleetName": None,
        "deviceFleetRef": {"name": "digits"},
        "modelConfigs": [{"modelHandle": "digits", "edgePackagingJobRef": {"name": "digits"}}],
    },
}


@pytest.mark.parametrize(
    "kinds",
    [
        LABELING,
        EDGE,
        ("Model", "TransformJob", "InferenceRecommendationsJob", "HyperParameterTuningJob", "AutoMLJob"),
        ("AIWorkloadConfig", "AIRecommendationJob", "OptimizationJob", "Job", "TrainingSession", "TrainingPlan"),
    ],
    ids=("labeling", "edge", "jobs", "foundation models"),
)
def test_one_file_in_any_order_becomes_ready_and_goes_in_one_go(
    user: User, operator: Operator, sagemaker: Emulator, kinds: tuple[str, ...]
) -> None:
    manifests = [example(kind, **REFERRING.get(kind, {})) for kind in kinds]
    random.shuffle(manifests)

    user.apply(*manifests)
    user.wait_for_all("Ready")
    created = [entry.operation for entry in sagemaker.journal.entries() if entry.operation.startswith("Create")]
    user.delete(*(f"{KINDS[kind].short}/digits" for kind in kinds))

    assert sorted(operation for operation in created if operation != "CreateTrainingJob") == sorted(
        f"Create{kind}" for kind in kinds
    )
    assert not [kind for kind in GONE if sagemaker.resources(kind)]


def test_the_secret_of_a_workforce_reaches_sagemaker_and_nobody_else(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    urls = ("issuer", "authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint", "logoutEndpoint", "jwksURI")
    oidc = {
        "clientID": "client",
        "clientSecretFrom": {"secretKeyRef": {"name": "login", "key": "secret"}},
        **{url: f"https://login.example.com/{url}" for url in urls},
    }
    user.kubectl("create", "secret", "generic", "login", "--from-literal=secret=correct-horse")

    user.apply(example("Workforce", cognitoConfig=None, oidcConfig=oidc))
    user.wait("workforce/digits", condition="Ready")

    assert asked(sagemaker, "CreateWorkforce")[0]["OidcConfig"]["ClientSecret"] == "correct-horse"
    assert not asked(sagemaker, "UpdateWorkforce")
    assert "correct-horse" not in str(user.get("workforce/digits")) + str(user.events("workforce/digits"))


def test_an_edited_team_is_updated_in_place(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("Workforce"), example("Workteam", workforceRef={"name": "digits"}))
    user.wait_for_all("Ready")

    user.edit("workteam/digits", description="People who read digits well")
    generation = user.get("workteam/digits")["metadata"]["generation"]
    user.kubectl(
        "wait", f"--for=jsonpath={{.status.observedGeneration}}={generation}", "--timeout=30s", "workteam/digits"
    )
    user.wait("workteam/digits", condition="Ready")

    assert [request["Description"] for request in asked(sagemaker, "UpdateWorkteam")] == ["People who read digits well"]


def test_a_second_workforce_is_a_conflict_of_names(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("Workforce"))
    user.wait("workforce/digits", condition="Ready")
    second = example("Workforce", workforceName="another")

    user.apply({**second, "metadata": {"name": "second"}})
    user.wait("workforce/second", condition="Stalled")

    assert user.reason("workforce/second", "Stalled") == "NameConflict"
    assert "more than one workforce" in user.condition("workforce/second", "Stalled")["message"]


def test_a_deleted_tuning_job_is_stopped(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.scenarios.take("HyperParameterTuningJob", ".*", seconds=1e6)
    user.apply(example("HyperParameterTuningJob"))
    running = "jsonpath={.status.hyperParameterTuningJobStatus}=InProgress"
    user.kubectl("wait", f"--for={running}", "--timeout=30s", "hyperparametertuningjob/digits")

    user.delete("hyperparametertuningjob/digits")

    assert len(asked(sagemaker, "StopHyperParameterTuningJob")) == 1
    (kept,) = sagemaker.resources("HyperParameterTuningJob")
    assert len(kept) <= 32
