"""All of boto3's waiters for SageMaker: they go on while something is under way, and end when it is done, failed or gone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import WaiterError
from botocore.loaders import Loader
from tests.emulator import asking, generated

from sagemaker_local.emulator import Emulator

NAMES = tuple(sorted(map(xform_name, Loader().load_service_model("sagemaker", "waiters-2")["waiters"])))
NAME = generated.NAME
# Asks three times without a pause; the virtual clock stands still meanwhile.
AT_ONCE = {"Delay": 0, "MaxAttempts": 3}
# Asks for ten seconds at most.
SOON = {"Delay": 0.01, "MaxAttempts": 1000}


@dataclass(frozen=True, slots=True)
class Waited:
    """Something to wait for.

    Attributes:
        begun_by: the operation that sets it off.
        request: members of its request that are not needed, or that must make sense.
        asks_for: what the waiter is asked to look at.
        after: the waiter that has to be through before.
        fails: when waiting is in vain: the waiter whose operation fails, and the status in which it does.
    """

    kind: str
    begun_by: str
    asks_for: dict[str, Any]
    fails: tuple[str, str]
    after: str | None = None
    request: dict[str, Any] = field(default_factory=dict)


_TRAINING = {"AlgorithmSpecification": asking.training_job()["AlgorithmSpecification"]}
_ENDPOINT = {"EndpointName": NAME}
_NOTEBOOK = {"NotebookInstanceName": NAME}
_IMAGE = {"ImageName": NAME}
_VERSION = {"ImageName": NAME, "Version": 1}
_UNSTARTED = ("notebook_instance_in_service", "Pending")

WAITED = {
    "training_job_completed_or_stopped": Waited(
        "TrainingJob",
        "CreateTrainingJob",
        {"TrainingJobName": NAME},
        ("training_job_completed_or_stopped", "Training"),
        request=_TRAINING,
    ),
    "processing_job_completed_or_stopped": Waited(
        "ProcessingJob",
        "CreateProcessingJob",
        {"ProcessingJobName": NAME},
        ("processing_job_completed_or_stopped", "InProgress"),
    ),
    "transform_job_completed_or_stopped": Waited(
        "TransformJob",
        "CreateTransformJob",
        {"TransformJobName": NAME},
        ("transform_job_completed_or_stopped", "InProgress"),
    ),
    "endpoint_in_service": Waited("Endpoint", "CreateEndpoint", _ENDPOINT, ("endpoint_in_service", "Creating")),
    "endpoint_deleted": Waited(
        "Endpoint", "DeleteEndpoint", _ENDPOINT, ("endpoint_in_service", "Creating"), after="endpoint_in_service"
    ),
    "notebook_instance_in_service": Waited("NotebookInstance", "CreateNotebookInstance", _NOTEBOOK, _UNSTARTED),
    "notebook_instance_stopped": Waited(
        "NotebookInstance", "StopNotebookInstance", _NOTEBOOK, _UNSTARTED, after="notebook_instance_in_service"
    ),
    "notebook_instance_deleted": Waited(
        "NotebookInstance", "DeleteNotebookInstance", _NOTEBOOK, _UNSTARTED, after="notebook_instance_stopped"
    ),
    "image_created": Waited("Image", "CreateImage", _IMAGE, ("image_created", "CREATING")),
    "image_updated": Waited(
        "Image",
        "UpdateImage",
        _IMAGE,
        ("image_updated", "UPDATING"),
        after="image_created",
        request={"Description": "Newer."},
    ),
    "image_deleted": Waited("Image", "DeleteImage", _IMAGE, ("image_deleted", "DELETING"), after="image_created"),
    "image_version_created": Waited(
        "ImageVersion",
        "CreateImageVersion",
        _VERSION,
        ("image_version_created", "CREATING"),
        after="image_created",
        request={"BaseImage": generated.IMAGE},
    ),
    "image_version_deleted": Waited(
        "ImageVersion",
        "DeleteImageVersion",
        _VERSION,
        ("image_version_deleted", "DELETING"),
        after="image_version_created",
        request={"Version": 1},
    ),
}


@pytest.fixture
def fast() -> Iterator[Emulator]:
    """An empty SageMaker in which an hour takes less than a fifth of a second."""
    with Emulator.start(speed=20_000, check_s3=False) as emulator:
        yield emulator


def begin(client: Any, name: str, through: Callable[[str], object]) -> None:
    """Set off what a waiter waits for; `through` sees to it that what another one waits for is done."""
    waited = WAITED[name]
    if waited.after is not None:
        begin(client, waited.after, through)
        through(waited.after)
    if waited.begun_by in {"CreateEndpoint", "CreateTransformJob"}:
        client.create_model(**asking.model(NAME))
    if waited.begun_by == "CreateEndpoint":
        client.create_endpoint_config(
            **asking.endpoint_config(NAME, ProductionVariants=[asking.variant(ModelName=NAME)])
        )
    request = generated.minimal(waited.begun_by, **waited.request)
    getattr(client, xform_name(waited.begun_by))(**request)


def wait(client: Any, name: str, config: dict[str, Any]) -> None:
    client.get_waiter(name).wait(**WAITED[name].asks_for, WaiterConfig=config)


def test_boto3_knows_no_waiter_that_is_not_tested(client: Any) -> None:
    assert set(client.waiter_names) == set(WAITED) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_waiter_times_out_while_it_is_under_way_and_ends_when_it_is_done(
    sagemaker: Emulator, client: Any, name: str
) -> None:
    begin(client, name, lambda _: sagemaker.clock.advance(3600))

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait(client, name, AT_ONCE)
    sagemaker.clock.advance(3600)
    wait(client, name, AT_ONCE)


@pytest.mark.parametrize("name", NAMES)
def test_a_waiter_sees_the_end_of_what_goes_on_by_itself(fast: Emulator, name: str) -> None:
    client = fast.client()

    begin(client, name, lambda before: wait(client, before, SOON))
    wait(client, name, SOON)

    client.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_waiter_fails_when_it_waits_in_vain(sagemaker: Emulator, client: Any, name: str) -> None:
    failing, status = WAITED[name].fails
    sagemaker.scenarios.fail(WAITED[name].kind, NAME, reason="Something broke.", at=status)
    begin(client, failing, lambda _: sagemaker.clock.advance(3600))
    sagemaker.clock.advance(3600)

    with pytest.raises(WaiterError, match="terminal failure state"):
        wait(client, name, AT_ONCE)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("_deleted")])
def test_a_waiter_fails_for_what_was_never_there(client: Any, name: str) -> None:
    with pytest.raises(WaiterError, match=r"ValidationException|ResourceNotFound"):
        wait(client, name, AT_ONCE)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("_deleted")])
def test_what_was_never_there_counts_as_deleted(client: Any, name: str) -> None:
    wait(client, name, AT_ONCE)


@pytest.mark.parametrize("kind", ["training_job", "processing_job", "transform_job"])
def test_a_waiter_for_a_job_is_content_with_a_stopped_one(sagemaker: Emulator, client: Any, kind: str) -> None:
    name = f"{kind}_completed_or_stopped"
    begin(client, name, lambda _: None)
    getattr(client, f"stop_{kind}")(**WAITED[name].asks_for)

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait(client, name, AT_ONCE)
    sagemaker.clock.advance(600)
    wait(client, name, AT_ONCE)
