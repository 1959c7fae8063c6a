"""Moving from AWS Controllers for Kubernetes: its manifests apply here, and what it has made goes on as it is."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.builders import ROOT, Manifest
from tests.cluster.ack import MANIFESTS, Ack, Made, called, manifests
from tests.cluster.operating import Operator
from tests.cluster.user import Object, User, as_file
from tests.contract.ack import fields

from sagemaker_local.cluster import Cluster, client
from sagemaker_local.emulator import Emulator
from sagemaker_operator.engine.ownership import UID
from sagemaker_operator.engine.resource import ADOPT
from sagemaker_operator.kinds import GROUP, VERSION

# They have no name: SageMaker numbers them.
NUMBERED = ("ModelPackage", "PipelineExecution")
ACK = "sagemaker.services.k8s.aws"
COMMANDS = re.findall(
    r"^```sh\n(.*?)^```", (ROOT / "docs" / "moving-from-ack.md").read_text(), re.MULTILINE | re.DOTALL
)
UNCHANGED = ("endpoint/churn", "endpointconfig/churn", "model/churn", "notebookinstance/analyst", "domain/research")


def moved(manifest: Manifest, *, arn: str | None = None, **control: str) -> Manifest:
    """What the page says to do with a manifest."""
    metadata = dict(manifest["metadata"])
    if arn is not None:
        metadata["annotations"] = {**metadata.get("annotations", {}), ADOPT: arn}
    spec = {**manifest["spec"], **control}
    return {**manifest, "apiVersion": f"{GROUP}/{VERSION}", "metadata": metadata, "spec": spec}


@pytest.fixture
def ack(sagemaker: Emulator, user: User) -> Ack:
    return Ack(sagemaker, user.namespace)


def test_every_kind_of_ack_has_a_manifest() -> None:
    assert {one["kind"] for one in manifests()} == set(fields.kinds())


def test_manifests_are_taken_when_nothing_but_their_api_version_is_changed(user: User) -> None:
    file = as_file(*(moved(one) for one in manifests()))

    done = user.kubectl("apply", "--dry-run=server", "--validate=strict", "--filename=-", stdin=file, check=False)

    assert done.stderr == ""
    assert done.stdout.count("created (server dry run)") == len(manifests())


def test_what_ack_has_made_is_taken_over_and_goes_on_as_it_is(
    user: User, ack: Ack, sagemaker: Emulator, operators: Callable[..., Operator]
) -> None:
    made = ack.make_all()
    before = {name: ack.describe(made[name]) for name in UNCHANGED}
    sagemaker.journal.clear()
    operators().start()

    user.apply(*(moved(one.manifest, arn=numbered(one), adoptionPolicy="IfUnowned") for one in made.values()))
    user.wait_for_all("Ready")

    objects = {called(one): one for one in user.objects()}
    assert {name: one["status"]["arn"] for name, one in objects.items()} == {
        name: one.arn for name, one in made.items()
    }
    asked = {entry.operation for entry in sagemaker.journal.entries()}
    assert {one for one in asked if not one.startswith(("Describe", "List"))} == {"AddTags"}
    assert {name: ack.describe(made[name]) for name in UNCHANGED} == before
    assert user.condition("trainingjob/churn-2024-11", "Succeeded")["status"] == "True"
    untagged = {name: lacking for name, one in made.items() if (lacking := tags_lacking(ack, one, objects[name]))}
    assert untagged == {}


def tags_lacking(ack: Ack, made: Made, owner: Object) -> dict[str, str]:
    """Which of ACK's tags, the manifest's and ours a resource does not carry; those that SageMaker numbers carry none."""
    if made.kind.name in NUMBERED:
        return {}
    wanted = {tag["key"]: tag["value"] for tag in made.manifest["spec"].get("tags", ())}
    wanted |= {**ack.tags, UID: owner["metadata"]["uid"]}
    found = ack.tags_of(made)
    return {key: value for key, value in wanted.items() if found.get(key) != value}


def numbered(one: Made) -> str | None:
    return one.arn if one.kind.name in NUMBERED else None


def test_a_job_that_is_not_there_any_more_is_not_run_again(
    user: User, ack: Ack, sagemaker: Emulator, operator: Operator
) -> None:
    job = next(one for one in manifests() if one["kind"] == "TrainingJob")
    arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn-2024-11"

    user.apply(moved(job, arn=arn))

    user.wait(called(job), condition="Stalled")
    assert user.reason(called(job), "Stalled") == "NotFound"
    assert sagemaker.journal.count("CreateTrainingJob") == 0


@pytest.fixture
def shell(user: User, tmp_path: Path) -> Callable[[str], str]:
    """Somebody's shell: runs commands in a directory with ACK's manifests, and gives what they print."""
    folder, programs, config = tmp_path / "work", tmp_path / "bin", tmp_path / "kubeconfig"
    (folder / "manifests").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(user.cluster.kubeconfig, config)
    (programs / "kubectl").symlink_to(client.kubectl())
    path = f"{programs}:{os.environ['PATH']}"
    variables = {"PATH": path, "KUBECONFIG": str(config), "HOME": str(tmp_path)}

    def run(commands: str) -> str:
        script = ["bash", "-euo", "pipefail", "-c", commands.replace("ack-system", user.namespace)]
        done = subprocess.run(script, cwd=folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(f"kubectl config set-context --current --namespace={user.namespace}")
    return run


@pytest.fixture
def definitions(cluster: Cluster) -> Iterator[tuple[str, ...]]:
    """ACK's CRDs of two kinds, as far as they matter here."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = tuple(f"crd/{kind.lower()}s.{ACK}" for kind in ("Model", "TrainingJob"))
    for kind in ("Model", "TrainingJob"):
        called = {"kind": kind, "plural": f"{kind.lower()}s"}
        spec = {"group": ACK, "scope": "Namespaced", "names": called, "versions": [version]}
        metadata = {"name": f"{kind.lower()}s.{ACK}"}
        crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
        cluster.kubectl("create", "--filename=-", input=json.dumps({**crd, "metadata": metadata, "spec": spec}))
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", *names)
    yield names
    cluster.kubectl("delete", "--ignore-not-found", "--wait=false", *names)


@pytest.mark.usefixtures("operator")
def test_the_commands_of_the_page_move_from_one_operator_to_the_other(
    user: User, sagemaker: Emulator, definitions: tuple[str, ...], shell: Callable[[str], str], tmp_path: Path
) -> None:
    ack = Ack(sagemaker, user.namespace)
    made = {called(one): ack.make(one) for one in manifests() if one["kind"] in ("Model", "TrainingJob")}
    for one in made.values():
        shutil.copy(MANIFESTS / f"{one.kind.name.lower()}.yaml", tmp_path / "work" / "manifests")
        metadata = {**one.manifest["metadata"], "finalizers": [f"finalizers.{ACK}/{one.kind.name}"]}
        status = {"ackResourceMetadata": {"arn": one.arn}}
        user.kubectl(
            "create", "--filename=-", stdin=json.dumps({**one.manifest, "metadata": metadata, "status": status})
        )
    user.kubectl("create", "deployment", "ack-sagemaker-controller", "--image=ack")
    before = (sagemaker.resources("Model"), sagemaker.resources("TrainingJob"))
    *first, last = COMMANDS

    said = shell("\n".join(first))

    assert all(f"{one.kind.name} {one.manifest['metadata']['name']} {one.arn}" in said for one in made.values())
    kept = user.objects(f"models.{ACK},trainingjobs.{ACK}")
    assert {one["metadata"]["annotations"]["services.k8s.aws/deletion-policy"] for one in kept} == {"retain"}
    assert user.get("deployment/ack-sagemaker-controller")["spec"]["replicas"] == 0
    user.wait(
        *(f"{one.kind.plural}.{GROUP}/{one.manifest['metadata']['name']}" for one in made.values()), condition="Ready"
    )
    shell(f"{COMMANDS[0].splitlines()[0]}\n{last}")
    assert user.kubectl("get", "--ignore-not-found", *definitions).stdout == ""
    assert (sagemaker.resources("Model"), sagemaker.resources("TrainingJob")) == before
    assert {o["status"]["arn"] for o in user.objects()} == {one.arn for one in made.values()}
