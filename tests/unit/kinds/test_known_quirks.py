"""What is known to be odd about SageMaker, and what other controllers have got wrong: how it ends here.

The other half of what is known stands with the rows of Studio and the registry, and with the tests of the engine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import StringShape

from sagemaker_operator.engine import ownership
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Log, Missing, Present
from sagemaker_operator.engine.naming import generated_name
from sagemaker_operator.engine.resource import FINALIZER, Resource
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import Call, Intend, Look, Release, Rest, Step, Verb
from sagemaker_operator.engine.target import Target, understand
from sagemaker_operator.engine.updates import needed
from sagemaker_operator.engine.verdict import State, Verdict, conditions
from sagemaker_operator.errors import Absent, Exists, Refused
from sagemaker_operator.generate import crds
from sagemaker_operator.generate.changes import immutable_fields
from sagemaker_operator.kinds import KINDS, Kind, Lifecycle
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

UID = "6f1c2a52-0c2e-4d1b-9a56-3f6d1c0f8b11"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWNED = ownership.ownership(cluster="c", namespace="team-a", name="digits", uid=UID)


def arn(kind: Kind) -> str:
    return f"arn:aws:sagemaker:eu-west-1:123456789012:{kind.name.lower()}/digits"


def resource(kind: Kind, *, spec: Mapping[str, Any] | None = None, **given: Any) -> Resource:
    """A custom resource that an earlier pass has seen at AWS."""
    made = Resource(
        kind=kind,
        namespace="team-a",
        name="digits",
        uid=UID,
        generation=1,
        version="7",
        deleting=False,
        finalizers=(FINALIZER,),
        annotations={},
        spec=spec or {},
        status={
            **{field(name): "digits" for name in (kind.family.identity, *kind.family.address)},
            "arn": arn(kind),
            "attempt": 1,
            "observedGeneration": 1,
        },
    )
    return replace(made, **given)


def seen(kind: Kind, status: str | None = None, *, about: Resource | None = None, **told: Any) -> Facts:
    """What a pass knows once AWS has told about it."""
    about = resource(kind) if about is None else about
    owner = dict.fromkeys(kind.family.address, "digits")
    state = {} if kind.family.status is None or status is None else {kind.family.status: status}
    shown = {**owner, kind.family.arn: arn(kind), **state, **told}
    return Facts(
        now=NOW,
        resource=about,
        target=understand(about, about.spec, OWNED),
        observed=Present(shown),
        tags=OWNED,
        attached={one.field: frozenset() for one in kind.attachments},
        log=Log(),
    )


def leaving(kind: Kind, status: str | None = None, *, spec: Mapping[str, Any] | None = None, **told: Any) -> Facts:
    return seen(kind, status, about=resource(kind, spec=spec, deleting=True), **told)


def verdict(step: Step) -> Verdict:
    assert isinstance(step, Rest), step
    assert step.verdict is not None
    return step.verdict


def with_reason(facts: Facts, reason: str) -> Facts:
    """The same, after a report with that reason."""
    told = {"type": "Ready", "status": "Unknown", "reason": reason, "message": "m", "observedGeneration": 1}
    status = {**facts.resource.status, "conditions": [{**told, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
    return replace(facts, resource=replace(facts.resource, status=status))


def drift(kind: Kind, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which AWS has something else than the manifest, as a pass would find them."""
    facts = seen(kind, about=resource(kind), **found)
    return replace(facts, target=Target("digits", "", wanted, OWNED)).differing


def cases(kinds: Iterator[tuple[Kind, str]]) -> list[Any]:
    return [pytest.param(kind, status, id=f"{kind.name}-{status}") for kind, status in kinds]


def told_by_model() -> Iterator[tuple[Kind, str]]:
    """Each status that the service model knows."""
    for kind in KINDS.values():
        shape = kind.family.described[kind.family.status] if kind.family.status else None
        if isinstance(shape, StringShape):
            yield from ((kind, status) for status in shape.enum)


def of_jobs(stage: Stage) -> Iterator[tuple[Kind, str]]:
    """The statuses of all jobs that mean so."""
    return (
        (kind, said) for kind, said in told_by_model() if kind.lifecycle is Lifecycle.JOB and kind.stage(said) is stage
    )


# Jobs are ended by Stop, and their records stay.


@pytest.mark.parametrize(("kind", "status"), cases(of_jobs(Stage.CHANGING)))
def test_a_job_that_is_deleted_is_stopped_whatever_it_is_doing(kind: Kind, status: str) -> None:
    step = decide(leaving(kind, status))

    if kind.family.stop is None:
        assert verdict(step).reason == "Deleting"
    else:
        assert isinstance(step, Call)
        assert step.verb is Verb.STOP


@pytest.mark.parametrize(("kind", "status"), cases(of_jobs(Stage.STOPPING)))
def test_a_job_that_stops_is_waited_for(kind: Kind, status: str) -> None:
    assert decide(leaving(kind, status)).pace is Pace.WATCH  # type: ignore[union-attr]


@pytest.mark.parametrize("stage", [Stage.READY, Stage.FAILED, Stage.STOPPED], ids=lambda stage: stage.name)
def test_a_job_that_is_over_is_let_go_and_not_stopped(stage: Stage) -> None:
    for kind, status in of_jobs(stage):
        assert isinstance(decide(leaving(kind, status)), Release), (kind.name, status)


def test_a_job_whose_name_is_wanted_again_can_be_deleted_at_sagemaker() -> None:
    able = {kind.name for kind in KINDS.values() if kind.lifecycle is Lifecycle.JOB and "Delete" in kind.policies}

    assert {"TrainingJob", "ProcessingJob", "HyperParameterTuningJob", "CompilationJob"} <= able


def test_a_labeling_job_that_is_initializing_is_neither_ready_nor_left_behind() -> None:
    kind = KINDS["LabelingJob"]

    assert verdict(decide(seen(kind, "Initializing"))).state is State.RECONCILING
    step = decide(leaving(kind, "Initializing"))
    assert isinstance(step, Call)
    assert step.operation == "StopLabelingJob"


# What SageMaker says of a resource.


@pytest.mark.parametrize(("kind", "status"), cases(told_by_model()))
def test_every_status_of_the_service_model_is_known_to_its_row(kind: Kind, status: str) -> None:
    listed = {
        *(*kind.changing, *kind.stopping, *kind.leaving, *kind.ready),
        *(*kind.stopped, *kind.failed, *kind.gone),
    }

    assert status in listed


@pytest.mark.parametrize(
    ("kind", "status"), cases((kind, status) for kind, status in told_by_model() if "fail" in status.lower())
)
def test_what_has_failed_is_never_ready(kind: Kind, status: str) -> None:
    facts = seen(kind, status)
    step = decide(facts)

    assert verdict(step).state is State.STALLED
    told = {one["type"]: one["status"] for one in conditions(verdict(step), facts.resource, "2026-01-01T00:00:00Z")}
    assert (told["Ready"], told["Stalled"]) == ("False", "True")
    assert told.get("Succeeded", "False") == "False"


def test_an_endpoint_that_is_out_of_service_is_not_ready() -> None:
    assert verdict(decide(seen(KINDS["Endpoint"], "OutOfService", EndpointConfigName="one"))).state is State.STALLED


def test_a_job_whose_record_is_being_deleted_elsewhere_is_watched() -> None:
    for name in ("TrainingJob", "HyperParameterTuningJob"):
        step = decide(seen(KINDS[name], "Deleting"))

        assert (verdict(step).state, step.pace) == (State.RECONCILING, Pace.WATCH)  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack"], ids=str)
def test_an_endpoint_that_changes_is_neither_updated_nor_deleted(status: str) -> None:
    kind = KINDS["Endpoint"]
    wanted = {"endpointConfigName": "two"}

    about = resource(kind, spec=wanted, generation=2)
    assert isinstance(decide(seen(kind, status, about=about, EndpointConfigName="one")), Rest)
    assert isinstance(decide(leaving(kind, status, spec=wanted)), Rest)


def test_what_is_being_deleted_is_let_go_only_once_it_is_gone() -> None:
    for kind, status in told_by_model():
        if kind.stage(status) is Stage.LEAVING and kind.family.delete and kind.lifecycle is not Lifecycle.JOB:
            facts = leaving(kind, status)

            assert decide(facts).pace is Pace.WATCH, (kind.name, status)  # type: ignore[union-attr]
            assert isinstance(decide(replace(facts, observed=Missing(), misses=3)), Release)


@pytest.mark.parametrize(
    ("kind", "status"),
    cases(
        (kind, status)
        for kind, status in told_by_model()
        if kind.family.delete and status.lower().startswith("delet") and status.lower().endswith("failed")
    ),
)
def test_a_deletion_that_failed_is_told_and_asked_for_again(kind: Kind, status: str) -> None:
    first = leaving(kind, status, spec={"deletionPolicy": "Delete"})
    step = decide(first)
    assert isinstance(step, Call)
    assert step.verb is Verb.DELETE

    asked = with_reason(first, "Deleting")
    failed = decide(asked)
    assert (verdict(failed).state, verdict(failed).reason) == (State.STALLED, "DeletionFailed")
    assert failed.pace is Pace.RECHECK  # type: ignore[union-attr]
    assert isinstance(decide(with_reason(first, "DeletionFailed")), Call)


# What SageMaker answers.


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    "message",
    [
        "1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must not be empty",
        "Could not assume role arn:aws:iam::123456789012:role/sagemaker.",
    ],
    ids=["malformed", "role"],
)
def test_a_look_that_is_refused_does_not_mean_that_nothing_is_there(kind: Kind, message: str) -> None:
    heard = kind.read(Refused("ValidationException", message, kind.family.describe))

    assert type(heard) is Refused
    facts = Facts(now=NOW, resource=resource(kind), target=Target("digits", "", {}, OWNED), failure=heard)
    assert verdict(decide(facts)).state is State.STALLED


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_what_a_manifest_names_and_sagemaker_lacks_is_not_taken_for_the_resource(kind: Kind) -> None:
    for says in kind.absent:
        for text in says.texts or ("It does not exist.",):
            assert type(kind.read(Refused(says.code, text, kind.family.describe))) is Absent
            assert type(kind.read(Refused(says.code, text, kind.family.create))) is not Absent


@pytest.mark.parametrize("tags", [OWNED, {}], ids=["ours", "another's"])
def test_a_create_whose_reply_was_lost_is_neither_an_error_nor_somebody_elses(tags: dict[str, str]) -> None:
    """The repeated call is told that the name is taken, though nobody but its first try has taken it."""
    kind = KINDS["TrainingJob"]
    about = resource(kind, status={"trainingJobName": "digits", "attempt": 1})
    taken = Exists("ResourceInUse", "Job name must be unique within an AWS account and region", "CreateTrainingJob")
    facts = Facts(now=NOW, resource=about, target=understand(about, {}, OWNED), named=True, failure=taken)

    assert decide(facts) == Look()
    found = decide(replace(seen(kind, "InProgress", about=about), failure=taken, tags=tags))
    assert verdict(found).reason == ("InProgress" if tags else "NameConflict")


def test_an_execution_is_asked_for_with_the_same_token_however_often() -> None:
    kind = KINDS["PipelineExecution"]
    about = resource(kind, spec={"pipelineName": "digits"})
    about = replace(about, status={"pipelineExecutionDisplayName": generated_name(about, attempt=1), "attempt": 1})

    def token(of: Resource) -> str:
        facts = Facts(now=NOW, resource=of, target=understand(of, of.spec, OWNED), observed=Missing(), misses=1)
        step = decide(facts)
        assert isinstance(step, Call), step
        assert step.operation == "StartPipelineExecution"
        return str(step.request["ClientRequestToken"])

    assert token(about) == token(replace(about, version="8", generation=2))
    assert token(about) != token(replace(about, uid="another", status={**about.status}))


# Updates.


def test_a_manifest_can_have_what_sagemaker_does_to_autoscaled_variants_otherwise() -> None:
    made = needed(
        KINDS["Endpoint"],
        {"EndpointConfigName": "two", "RetainAllVariantProperties": False},
        {"EndpointConfigName": "one"},
    )

    assert made is not None
    assert made.request["RetainAllVariantProperties"] is False


def test_an_update_that_failed_for_an_internal_error_is_tried_again_and_not_for_ever() -> None:
    kind, tried = KINDS["Endpoint"], []
    about = resource(kind, spec={"endpointConfigName": "two"}, generation=2)
    for day in range(1, 9):
        shown = {
            "EndpointConfigName": "one",
            "LastModifiedTime": datetime(2026, 1, day, tzinfo=UTC),
            "FailureReason": "Request to service failed. If failure persists after retry, contact customer support.",
        }
        # Half a day is longer than it waits before another try.
        step = decide(
            replace(seen(kind, "InService", about=about, **shown), now=datetime(2026, 1, day, 12, tzinfo=UTC))
        )
        if isinstance(step, Rest):
            break
        assert isinstance(step, Intend)
        tried.append(step)
        about = replace(about, status={**about.status, **step.status})

    assert (verdict(step).reason, verdict(step).rolled_back, len(tried)) == ("RolledBack", True, 4)


def test_a_component_that_serves_after_an_earlier_failure_is_ready() -> None:
    """FailureReason stays when a later update succeeds."""
    kind = KINDS["InferenceComponent"]
    about = resource(kind, spec={"runtimeConfig": {"copyCount": 2}, "endpointName": "digits"})
    shown = {"RuntimeConfig": {"DesiredCopyCount": 2, "CurrentCopyCount": 2}, "FailureReason": "An older update."}

    said = verdict(decide(seen(kind, "InService", about=about, **shown)))

    assert (said.state, said.rolled_back) == (State.READY, False)


def test_a_schedule_that_somebody_stopped_is_not_ready() -> None:
    said = verdict(decide(seen(KINDS["MonitoringSchedule"], "Stopped")))

    assert (said.state, said.reason) == (State.STALLED, "Stopped")


def test_an_approval_can_have_a_description_that_create_does_not_know() -> None:
    made = needed(
        KINDS["ModelPackage"],
        {"ModelApprovalStatus": "Approved", "ApprovalDescription": "Good enough."},
        {"ModelApprovalStatus": "PendingManualApproval"},
    )

    assert made is not None
    assert made.request == {"ModelApprovalStatus": "Approved", "ApprovalDescription": "Good enough."}


def test_a_domain_takes_its_files_along_when_the_manifest_says_so() -> None:
    step = decide(leaving(KINDS["Domain"], "InService", spec={"retentionPolicy": {"homeEFSFileSystem": "Delete"}}))

    assert isinstance(step, Call)
    assert step.request == {"DomainId": "digits", "RetentionPolicy": {"HomeEfsFileSystem": "Delete"}}


def test_what_becomes_of_the_files_of_a_domain_can_be_said_until_it_is_deleted() -> None:
    kind = KINDS["Domain"]

    assert "retentionPolicy" not in immutable_fields(kind, crds.spec(kind))
    assert drift(kind, {"RetentionPolicy": {"HomeEfsFileSystem": "Delete"}}, {}) == ()


def test_scripts_are_compared_by_their_content() -> None:
    kind, script = KINDS["NotebookInstanceLifecycleConfig"], [{"Content": "ZWNobyBvbmU="}]

    assert drift(kind, {"OnStart": script}, {"OnStart": script, "OnCreate": []}) == ()
    assert drift(kind, {"OnStart": [{"Content": "ZWNobyB0d28="}]}, {"OnStart": script}) == ("onStart",)
