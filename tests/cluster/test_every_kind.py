"""The life of each kind, with kubectl: created, edited, changed behind our back, deleted; and what SageMaker was asked to do.

Many kinds live side by side in one namespace, because each waits most of its time; what goes wrong is told by kind.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.api import Api
from tests.cluster.edits import another
from tests.cluster.eventually import eventually
from tests.cluster.history import History
from tests.cluster.lives import NAME, Life, Lives
from tests.cluster.scenario import OTHER_TAGS, Scenario, batches, merged
from tests.cluster.user import QUICKLY, User, as_file, find_condition

from sagemaker_local.emulator import Emulator
from sagemaker_operator.engine.compare import reading, satisfied
from sagemaker_operator.engine.resource import LOOK_NOW
from sagemaker_operator.kinds import GROUP, KINDS, Lifecycle
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.convert import from_reply, to_request
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape

BATCHES = batches()
FOREIGN = {"Key": "owner", "Value": "finance"}


@pytest.fixture
def api(user: User) -> Iterator[Api]:
    with Api(user.cluster, user.namespace) as api:
        yield api


def test_every_kind_takes_part_and_drifts_unless_its_scenario_says_why_not() -> None:
    scenarios = [one for batch in BATCHES for one in batch]
    still = [
        one.kind.name for one in scenarios if changes(one) and not drift(one, one.spec) and not one.told.get("drift")
    ]

    assert {one.kind.name for one in scenarios} == KINDS.keys()
    assert still == []


def changes(one: Scenario) -> bool:
    """Whether SageMaker lets people change it."""
    return bool(one.kind.mutable) and one.kind.lifecycle is not Lifecycle.JOB


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch[0].kind.name}-and-{len(batch) - 1}-more")
def test_a_kind_lives_from_apply_to_gone(
    user: User, sagemaker: Emulator, history: History, api: Api, batch: list[Scenario]
) -> None:
    lives = Lives(user, sagemaker, history, api, [Life(one, one.spec) for one in batch])

    sagemaker.client("s3").create_bucket(Bucket="my-bucket")
    create(lives)
    refuse(lives)
    tag(lives)
    edit(lives)
    correct(lives)
    tell(lives)
    delete(lives)

    compare_calls(lives)
    assert not lives.report(), f"\n{lives.report()}"


def create(lives: Lives) -> None:
    """All are applied in one go, and SageMaker has them."""
    lives.apply(lives.all, *(need for life in lives.all for need in life.scenario.needs))
    lives.settle("ready")
    for life in lives.well:
        with lives.about(life, "status"):
            told, status = from_reply(life.kind.shown, lives.describe(life)), lives.status(life)
            assert told
            still = told.keys() - set(life.scenario.told.get("moving", ()))
            missing = {name: (told[name], status.get(name)) for name in still if status.get(name) != told[name]}
            assert not missing


def refuse(lives: Lives) -> None:
    """No immutable field can be changed."""
    for life in lives.well:
        with lives.about(life, "immutable"):
            taken = []
            for name, value in life.scenario.immutable.items():
                answer = lives.api.patch(life.kind, NAME, {"spec": {name: value}}, dry=True)
                if f"{name} is immutable" not in answer.message:
                    taken.append(f"{name}: {answer.code} {answer.message}")
            assert not taken, "\n".join(taken)
    changed = [life for life in lives.well if life.scenario.immutable]
    if changed:
        file = as_file(*(life.scenario.manifest({**life.spec, **first(life.scenario.immutable)}) for life in changed))
        said = lives.user.kubectl("apply", *QUICKLY, "--dry-run=server", "--filename=-", stdin=file, check=False).stderr
        for life in changed:
            with lives.about(life, "kubectl"):
                refused = f'{life.kind.name}.{GROUP} "{NAME}" is invalid:'
                lines = [line for line in said.splitlines() if refused in line]
                assert any(f"{next(iter(life.scenario.immutable))} is immutable" in line for line in lines), lines


def first(fields: dict[str, Any]) -> dict[str, Any]:
    name = next(iter(fields))
    return {name: fields[name]}


def tag(lives: Lives) -> None:
    """Tags are set, changed and removed; one that somebody else has set stays."""
    tagged = [life for life in lives.well if "tags" in life.spec]
    for life in tagged:
        with lives.about(life, "tags"):
            lives.client.add_tags(ResourceArn=lives.status(life)["arn"], Tags=[FOREIGN])
        life.spec = {**life.spec, "tags": OTHER_TAGS}
    lives.apply([life for life in tagged if not life.trouble])
    lives.settle("settled after an edit of its tags")
    for life in tagged:
        with lives.about(life, "tags"):
            assert lives.tags(life) == {"team": "speech", "cost-centre": "7", "owner": "finance"}


def edit(lives: Lives) -> None:
    """SageMaker has every edit of a mutable field."""
    steps = max(len(life.scenario.edits) for life in lives.all)
    for step in range(steps):
        changed = [life for life in lives.well if len(life.scenario.edits) > step]
        before = {life.kind.name: lives.shown(life) for life in changed}
        for life in changed:
            life.spec = merged(life.spec, life.scenario.edits[step])
        lives.apply(changed)
        lives.settle(f"settled after edit {step + 1}")
        for life in changed:
            if not life.trouble:
                with lives.about(life, f"edit {step + 1}"):
                    assert not lacking(lives, life, life.scenario.edits[step])
                    idle = unchanged(life, life.scenario.edits[step], before[life.kind.name], lives.shown(life))
                    assert not idle, f"SageMaker had these values before: {idle}"


def lacking(lives: Lives, life: Life, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that SageMaker does not have: neither shows it them, nor has it been told them."""
    kind = life.kind
    spec_members = kind.family.spec_members
    wanted = to_request(spec_members, life.spec)
    found, told = lives.shown(life), {}
    for entry in lives.calls(life):
        if entry.operation == kind.family.update:
            told.update(entry.parameters)
    shown = kind.family.described.keys() | kind.shown_at.keys() | kind.told_by.keys()
    return {
        name: f"wanted {value}, is {found.get(name)}, told {told.get(name)}"
        for name, value in wanted.items()
        if field(name) in fields
        and not satisfied(value, (found if name in shown else told).get(name), reading(kind), name)
    }


def unchanged(life: Life, fields: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The fields of an edit that Describe shows as it did before."""
    members = to_request(life.kind.family.spec_members, merged(life.spec, fields))
    return {
        name: after[name]
        for name in members
        if field(name) in fields and name in after and after[name] == before.get(name)
    }


def correct(lives: Lives) -> None:
    """What somebody changes at SageMaker is set back."""
    drifting = [life for life in lives.well if drift(life.scenario, life.spec)]
    before = {life.kind.name: drifted(lives, life) for life in drifting if make_drift(lives, life)}
    look(lives, [life for life in drifting if not life.trouble], "one")
    for life in drifting:
        if not life.trouble:
            with lives.about(life, "drift"):
                after = drifted(lives, life)
                assert after != before[life.kind.name], f"it stays {after}"
                moved = {field(name): None for name in drift(life.scenario, life.spec)}
                assert not lacking(lives, life, moved)


def tell(lives: Lives) -> None:
    """With driftPolicy Report it is only told."""
    drifting = [life for life in lives.well if drift(life.scenario, life.spec)]
    for life in drifting:
        with lives.about(life, "driftPolicy"):
            lives.patch(life, {"spec": {"driftPolicy": "Report"}})
    lives.settle("settled with driftPolicy Report")
    before = {life.kind.name: drifted(lives, life) for life in drifting if make_drift(lives, life)}
    look(lives, [life for life in drifting if not life.trouble], "two")
    for life in drifting:
        if not life.trouble:
            with lives.about(life, "reported drift"):
                told = find_condition(lives.now(life), "Drifted")
                assert told.get("status") == "True", lives.status(life)["conditions"]
                assert any(field(name) in told["message"] for name in drift(life.scenario, life.spec)), told["message"]
                assert drifted(lives, life) == before[life.kind.name]


def drift(one: Scenario, spec: dict[str, Any]) -> dict[str, Any]:
    """The members of Update that somebody else sets at SageMaker; none where nobody can."""
    told, kind = one.told.get("drift"), one.kind
    if isinstance(told, str) or not changes(one):
        return {}
    if told is not None:
        return dict(told)
    taken = input_shape(str(kind.family.update)).members
    given = to_request(kind.family.spec_members, spec)
    shown = kind.family.described.keys() | kind.shown_at.keys()
    names = [n for n in sorted(kind.mutable & given.keys() & taken.keys() & shown) if n not in kind.goes_with]
    return {name: another(taken[name], name, given[name], fixed=kind.fixed) for name in names[:1]}


def drifted(lives: Lives, life: Life) -> dict[str, Any]:
    found = lives.shown(life)
    return {
        name: found.get(name) for name in life.kind.family.spec_members if name in drift(life.scenario, life.spec)
    } or found


def make_drift(lives: Lives, life: Life) -> bool:
    """Somebody sends an Update with other values, as the operator does in its last one."""
    with lives.about(life, "making drift"):
        kind, update = life.kind, life.kind.family.update
        last = [entry.parameters for entry in lives.calls(life) if entry.operation == update][-1:]
        more = last[0] if last and not kind.sparse and not kind.one_at_a_time else {}
        was = drifted(lives, life)
        echoes = {member: lives.describe(life)[shown] for member, shown in kind.update_echoes.items()}
        if kind.stops_to_update:
            lives.turn(life, kind.family.stop, Stage.STOPPED)
        lives.client._make_api_call(
            update, merged({**more, **echoes, **lives.address(life, update)}, drift(life.scenario, life.spec))
        )
        if kind.stops_to_update:
            lives.turn(life, None, Stage.STOPPED)
        lives.turn(life, kind.family.start if kind.stops_to_update else None, Stage.READY)
        eventually(
            f"the update with {drift(life.scenario, life.spec)} is seen", lambda: drifted(lives, life) != was, within=10
        )
    return not life.trouble


def look(lives: Lives, some: list[Life], token: str) -> None:
    for life in some:
        with lives.about(life, "annotation"):
            lives.patch(life, {"metadata": {"annotations": {LOOK_NOW: token}}})
    looked = {life.kind.name for life in some}
    lives.wait(
        "settled after a look",
        lambda life: (
            life.kind.name not in looked
            or (lives.status(life).get("lastHandledReconcileAt") == token and lives.settled(life))
        ),
    )


def delete(lives: Lives) -> None:
    """All are deleted in one go, and SageMaker has none of them any more, unless it keeps them for ever."""
    needs = [need for life in lives.all for need in life.scenario.needs]
    file = as_file(*needs, *(life.scenario.manifest({}) for life in lives.all))
    left = lives.user.kubectl("delete", "--ignore-not-found", "--filename=-", "--timeout=40s", stdin=file, check=False)
    there = {(o["kind"], o["metadata"]["name"]): o for o in lives.user.objects()}
    for life in lives.well:
        with lives.about(life, "delete"):
            found = there.get((life.kind.name, NAME))
            assert found is None, f"{json.dumps(found.get('status', {}).get('conditions'))} {left.stderr[-500:]}"
            assert not life.kind.family.delete or not lives.there(life), "SageMaker has it still"


def compare_calls(lives: Lives) -> None:
    """What SageMaker was asked to do, neither more nor less."""
    for life in lives.well:
        with lives.about(life, "calls"):
            made = [entry.operation for entry in lives.calls(life)]
            assert made == life.scenario.told.get("calls"), f"the calls were [{', '.join(made)}]"
