"""Moving from AWS Controllers for Kubernetes: its manifests apply here, and what it has made goes on as it is."""

from collections.abc import Callable

import pytest
from tests.builders import Manifest
from tests.cluster.ack import Ack, Made, called, manifests
from tests.cluster.operating import Operator
from tests.cluster.user import Object, User, as_file
from tests.contract.ack import fields

from sagemaker_local.emulator import Emulator
from sagemaker_operator.engine.ownership import UID
from sagemaker_operator.engine.resource import ADOPT
from sagemaker_operator.kinds import GROUP, VERSION

# They have no name: SageMaker numbers them.
NUMBERED = ("ModelPackage", "PipelineExecution")
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
