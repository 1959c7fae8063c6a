"""Values from ConfigMaps, Secrets and other objects: what arrives, what stays unsaid, and what is told of those missing."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.builders import (
    Manifest,
    notebook_scripts,
    pipeline,
    pipeline_execution,
    training_job,
    workforce,
)
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves(
    "Pipeline", "PipelineExecution", "TrainingJob", "NotebookInstanceLifecycleConfig", "Workforce"
)

PIPELINE = "pipeline/digits"
WORKFORCE = "workforce/digits"
SECRET = "correct-horse-battery-staple"


def definition(step: str) -> str:
    role = "arn:aws:iam::123456789012:role/sagemaker-execution"
    return json.dumps({"Version": "2020-12-01", "Steps": [{"Name": step, "Type": "Fail", "Arguments": {"Role": role}}]})


def config_map(name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


def from_config_map(name: str, key: str) -> dict[str, Any]:
    return {"configMapKeyRef": {"name": name, "key": key}}


def defined_elsewhere(**spec: Any) -> Manifest:
    """A pipeline whose definition is in a ConfigMap."""
    source = from_config_map("definitions", "digits")
    return pipeline("digits", pipelineDefinition=None, pipelineDefinitionFrom=source, **spec)


def with_login() -> Manifest:
    """A workforce that logs in with a secret."""
    urls = ("issuer", "authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint", "logoutEndpoint", "jwksURI")
    login = {"clientID": "labeling", **{url: f"https://login.example.com/{url}" for url in urls}}
    source = {"secretKeyRef": {"name": "login", "key": "secret"}}
    return workforce("digits", cognitoConfig=None, oidcConfig={**login, "clientSecretFrom": source})


def asked(sagemaker: Emulator, operation: str) -> list[Any]:
    return [entry.parameters for entry in sagemaker.journal.entries() if entry.operation == operation]


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize("policy", ["Correct", "Report"])
def test_a_changed_config_map_is_no_drift_and_is_taken_with_the_next_comparison(
    user: User, sagemaker: Emulator, policy: str
) -> None:
    user.apply(config_map("definitions", digits=definition("First")), defined_elsewhere(driftPolicy=policy))
    user.wait(PIPELINE, condition="Ready")
    assert [json.loads(one["PipelineDefinition"]) for one in asked(sagemaker, "CreatePipeline")] == [
        json.loads(definition("First"))
    ]

    user.apply(config_map("definitions", digits=definition("Second")))
    user.look_now(PIPELINE, "1")

    eventually("the update", lambda: asked(sagemaker, "UpdatePipeline"))
    user.wait(PIPELINE, condition="Ready")
    name = user.status(PIPELINE)["pipelineName"]
    has = sagemaker.client().describe_pipeline(PipelineName=name)["PipelineDefinition"]
    assert json.loads(has) == json.loads(definition("Second"))
    assert "Drifted" not in [event["reason"] for event in user.events(PIPELINE)]


@pytest.mark.usefixtures("operator")
def test_scripts_arrive_in_base64_and_hyperparameters_one_by_one(user: User, sagemaker: Emulator) -> None:
    script = "#!/bin/bash\necho 'grüß dich'\n"
    job = training_job("digits", hyperParameters=None, hyperParametersFrom={"configMapRef": {"name": "tuned"}})
    scripts = notebook_scripts("digits", onStart=[{"contentFrom": from_config_map("scripts", "start")}])

    user.apply(config_map("tuned", eta="0.3", max_depth="4"), config_map("scripts", start=script), job, scripts)

    user.wait("trainingjob/digits", "notebookinstancelifecycleconfig/digits", condition="Ready")
    (made,) = asked(sagemaker, "CreateNotebookInstanceLifecycleConfig")
    assert base64.b64decode(made["OnStart"][0]["Content"]).decode() == script
    (begun,) = asked(sagemaker, "CreateTrainingJob")
    assert begun["HyperParameters"] == {"eta": "0.3", "max_depth": "4"}


def test_a_secret_reaches_sagemaker_and_nobody_else(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    operator = operators("--no-leader-elect", "--log-level=debug")
    operator.start()
    user.apply(secret("login", secret=SECRET), with_login())
    user.wait(WORKFORCE, condition="Ready")
    assert asked(sagemaker, "CreateWorkforce")[0]["OidcConfig"]["ClientSecret"] == SECRET

    user.apply(secret("login", secret=f"{SECRET}-2"))
    user.look_now(WORKFORCE, "1")

    eventually("the new one", lambda: asked(sagemaker, "UpdateWorkforce"))
    user.wait(WORKFORCE, condition="Ready")
    (update,) = asked(sagemaker, "UpdateWorkforce")
    assert update["OidcConfig"]["ClientSecret"] == f"{SECRET}-2"
    hidden(SECRET, user, operator)


def test_a_secret_that_sagemaker_refuses_is_not_in_what_is_told_of_it(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    operator = operators("--no-leader-elect", "--log-level=debug")
    operator.start()

    user.apply(secret("login", secret=f"{SECRET}\n"), with_login())

    user.wait(WORKFORCE, condition="Stalled")
    assert user.reason(WORKFORCE, "Stalled") == "RefusedByAWS"
    assert "clientSecret" in user.condition(WORKFORCE, "Stalled")["message"]
    hidden(SECRET, user, operator)


def hidden(text: str, user: User, operator: Operator) -> None:
    """Nothing that people can see has a text: neither the object, its Events nor the log."""
    eventually("an Event", lambda: user.events(WORKFORCE))
    assert text not in json.dumps([user.get(WORKFORCE), *user.events(WORKFORCE)])
    assert operator.lines()
    assert not operator.said(text)


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize(
    ("there", "message"),
    [
        ([], "ConfigMap definitions does not exist"),
        ([config_map("definitions", other="{}")], "ConfigMap definitions has no key digits"),
    ],
    ids=["no such ConfigMap", "no such key"],
)
def test_what_cannot_be_read_is_told_and_taken_once_it_is_there(
    user: User, sagemaker: Emulator, there: list[Manifest], message: str
) -> None:
    user.apply(*there, defined_elsewhere())

    user.wait(PIPELINE, condition="Stalled")
    stalled = user.condition(PIPELINE, "Stalled")
    assert stalled["reason"] == "SourceUnreadable"
    assert message in stalled["message"]
    assert asked(sagemaker, "CreatePipeline") == []

    user.apply(config_map("definitions", digits=definition("First")))

    user.wait(PIPELINE, condition="Ready")


@pytest.mark.usefixtures("operator")
def test_a_config_map_that_went_away_takes_nothing_away(user: User, sagemaker: Emulator) -> None:
    user.apply(config_map("definitions", digits=definition("First")), defined_elsewhere())
    user.wait(PIPELINE, condition="Ready")
    user.kubectl("delete", "configmap", "definitions")

    user.look_now(PIPELINE, "1")

    user.wait(PIPELINE, condition="Stalled")
    assert user.reason(PIPELINE, "Stalled") == "SourceUnreadable"
    user.delete(PIPELINE)
    assert sagemaker.resources("Pipeline") == []


def test_an_operator_that_may_not_read_config_maps_says_so_and_goes_on_when_it_may(
    user: User, operators: Callable[..., Operator], tmp_path: Path
) -> None:
    grant(user, "operator", "*.sagemaker-operator.dev", "events")
    token = user.kubectl("create", "token", "operator").stdout.strip()
    access = yaml.safe_load(user.cluster.kubeconfig.read_text())
    access["users"][0]["user"] = {"token": token}
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(access))
    operators(KUBECONFIG=str(kubeconfig)).start()

    user.apply(config_map("definitions", digits=definition("First")), defined_elsewhere())
    user.wait(PIPELINE, condition="Stalled")
    stalled = user.condition(PIPELINE, "Stalled")
    grant(user, "reader", "configmaps")

    assert stalled["reason"] == "SourceUnreadable"
    assert "may not read ConfigMap definitions: see docs/configuration.md" in stalled["message"]
    user.wait(PIPELINE, condition="Ready")


def grant(user: User, role: str, *resources: str) -> None:
    """Lets the service account of the operator do everything with some resources of the namespace."""
    if role == "operator":
        user.kubectl("create", "serviceaccount", "operator")
    user.kubectl("create", "role", role, "--verb=*", *(f"--resource={resource}" for resource in resources))
    account = f"--serviceaccount={user.namespace}:operator"
    user.kubectl("create", "rolebinding", role, f"--role={role}", account)


@pytest.mark.usefixtures("operator")
def test_objects_that_wait_for_each_other_say_so(user: User, sagemaker: Emulator) -> None:
    def after(name: str) -> dict[str, Any]:
        return {"selectedSteps": [{"stepName": "Prepare"}], "sourcePipelineExecutionRef": {"name": name}}

    user.apply(
        pipeline("digits"),
        pipeline_execution("egg", selectiveExecutionConfig=after("hen")),
        pipeline_execution("hen", selectiveExecutionConfig=after("egg")),
    )

    user.wait("pipelineexecution/egg", "pipelineexecution/hen", condition="Stalled")
    stalled = user.condition("pipelineexecution/egg", "Stalled")
    assert stalled["reason"] == "ReferenceCycle"
    assert stalled["message"].count("egg") == 2
    assert "hen" in stalled["message"]
    assert asked(sagemaker, "StartPipelineExecution") == []
    user.delete("pipelineexecution/egg", "pipelineexecution/hen")


@pytest.mark.usefixtures("operator")
def test_a_missing_object_is_named_and_waited_for(user: User) -> None:
    user.apply(pipeline_execution("digits"))
    eventually("the reason", lambda: user.reason("pipelineexecution/digits", "Reconciling"))
    missing = user.condition("pipelineexecution/digits", "Reconciling")

    user.apply(pipeline("digits"))

    user.wait("pipelineexecution/digits", condition="Ready")
    assert missing["reason"] == "DependencyNotFound"
    assert f"Pipeline {user.namespace}/digits does not exist" in missing["message"]
