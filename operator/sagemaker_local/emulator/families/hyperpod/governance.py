"""Task governance of HyperPod clusters: scheduler configurations and compute quotas, which have versions.

An update names the version that it was made from; another one in between is a conflict.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.effects import gone, prepare, replace_by
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "The resource {name} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal(
    "ConflictException",
    "The cluster {cluster} already has a {what} named {name} ({arn}).",
    evidence=UNVERIFIED,
)
ID_TAKEN: Final = Refusal("ConflictException", "The id {name} is taken ({arn}).", evidence=UNVERIFIED)
OLD_VERSION: Final = Refusal(
    "ConflictException",
    "TargetVersion {asked} is not the current version of {name}, which is {version}.",
    evidence=UNVERIFIED,
)
NO_VERSION: Final = Refusal("ResourceNotFound", "{name} has no version {version}.", evidence=UNVERIFIED)
BUSY: Final = Refusal("ConflictException", "{name} is in status {status}.", evidence=UNVERIFIED)

SETTLED: Final = frozenset({"Created", "Updated", "CreateFailed", "UpdateFailed", "DeleteFailed"})
CREATE: Final = Timeline((at(0, "Creating"), at(30, "Created")), failed=at(0, "CreateFailed"))
DELETE: Final = Timeline((at(0, "Deleting"), at(30, None, effect=gone)), failed=at(0, "DeleteFailed"))


def take_version(resource: Resource, world: World, now: float) -> None:
    """The update is through: the version before it is kept."""
    versions: Json = resource.facts.setdefault("Versions", {})
    versions[str(version(resource))] = deepcopy(resource.spec)
    replace_by(resource, world, now)
    resource.facts["Version"] = version(resource) + 1


UPDATE: Final = Timeline(
    (at(0, "Updating"), at(30, "Updated", effect=take_version)),
    failed=at(0, "UpdateFailed"),
)


def version(resource: Resource) -> int:
    """The version that is in force, from 1."""
    return int(resource.facts.get("Version", 1))


def _named_once(kind: str) -> Callable[[Call, World], None]:
    def check(call: Call, world: World) -> None:
        cluster, name = call.request["ClusterArn"], call.request["Name"]
        for other in world.store.of_kind(call.place, kind).values():
            if (other.spec["ClusterArn"], other.name) == (cluster, name):
                raise EXISTS.error(cluster=cluster, what=kind, name=name, arn=other.arn)

    return check


def from_this_version(call: Call, resource: Resource, _: World) -> None:
    """An update starts from the version that is in force."""
    if call.request["TargetVersion"] != version(resource):
        asked = call.request["TargetVersion"]
        raise OLD_VERSION.error(asked=asked, name=resource.name, version=version(resource))


def _view(kind: str) -> Callable[[Resource], Mapping[str, Any]]:
    return lambda resource: {f"{kind}Version": version(resource)}


def _at_version(kind: str) -> Callable[[Call, Resource, World, Json], Json]:
    """Describe may be asked for a version that is no longer in force."""

    def describe(call: Call, resource: Resource, _: World, answer: Json) -> Json:
        asked = call.request.get(f"{kind}Version", version(resource))
        if asked == version(resource):
            return answer
        old = resource.facts.get("Versions", {}).get(str(asked))
        if old is None:
            raise NO_VERSION.error(name=resource.name, version=asked)
        then = {name: value for name, value in answer.items() if name not in resource.spec}
        return {**then, **{n: v for n, v in old.items() if n in answer}, f"{kind}Version": asked}

    return describe


def _family(kind: str, path: str, *changed: str, defaults: tuple[tuple[str, Any], ...] = ()) -> Family:
    return Family(
        kind=kind,
        path=path,
        status="Status",
        create=CREATE,
        missing=MISSING,
        exists=ID_TAKEN,
        new_id=lambda _, world: world.new_id(12),
        name_member="Name",
        checks=(_named_once(kind),),
        defaults=defaults,
        view=_view(kind),
        describe=_at_version(kind),
        actions=(
            Action(
                operation=f"Update{kind}",
                accepts=SETTLED,
                refused=BUSY,
                guards=(from_this_version,),
                apply=prepare(*changed, "Description"),
                timeline=UPDATE,
            ),
            Action(
                operation=f"Delete{kind}",
                accepts=SETTLED,
                tolerates=frozenset({"Deleting"}),
                refused=BUSY,
                timeline=DELETE,
            ),
        ),
    )


CLUSTER_SCHEDULER_CONFIG: Final = _family("ClusterSchedulerConfig", "cluster-scheduler-config", "SchedulerConfig")
COMPUTE_QUOTA: Final = _family(
    "ComputeQuota",
    "compute-quota",
    "ComputeQuotaConfig",
    "ComputeQuotaTarget",
    "ActivationState",
    defaults=(("ActivationState", "Enabled"), ("ComputeQuotaTarget.FairShareWeight", 0)),
)
