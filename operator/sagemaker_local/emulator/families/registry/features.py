"""Feature groups: schemas of features with an online store, an offline store, or both.

Records are another service's; here is only the group itself, how it is updated, and what people note about its features.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import give_up, gone, take_on
from sagemaker_local.emulator.families.registry.feature_checks import (
    additions_are_new,
    event_time_is_a_time,
    features_have_fair_names,
    has_a_store,
    keys_are_features,
)
from sagemaker_local.emulator.families.registry.feature_metadata import (
    describe_metadata,
    feature_exists,
    update_metadata,
)
from sagemaker_local.emulator.family import Action, Family, Step, Timeline, at
from sagemaker_local.emulator.lists import within
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}",
    evidence="aws/sagemaker-python-sdk#2606, there for PutRecord",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "Resource Already Exists: FeatureGroup with name {name} already exists. Choose a different name.\n"
    "Info: Feature Group '{name}' already exists.",
    evidence="moto 5.2.5",
)
NOT_NOW: Final = Refusal(
    VALIDATION,
    "FeatureGroup {name} is in status {status}.",
    evidence=UNVERIFIED,
)
UPDATING: Final = Refusal(VALIDATION, "FeatureGroup {name} is being updated.", evidence=UNVERIFIED)
IN_MEMORY_SECONDS: Final = 750.0
"""CreateFeatureGroup's and DeleteFeatureGroup's documentation: 10 to 15 minutes with StorageType InMemory."""

CREATE: Final = Timeline((at(0, "Creating"), at(15, "Created")), failed=at(0, "CreateFailed"))
DELETE: Final = Timeline((at(0, "Deleting"), at(10, None, effect=gone)), failed=at(0, "DeleteFailed"))


def note_additions(group: Resource, world: World, now: float) -> None:
    """The update is through."""
    added = group.facts.setdefault("Added", {})
    known = {feature["FeatureName"] for feature in group.spec["FeatureDefinitions"]}
    pending = group.pending or {}
    for feature in pending.get("FeatureDefinitions", ()):
        if feature["FeatureName"] not in known:
            added[feature["FeatureName"]] = now
    forgets_ttl = pending.get("OnlineStoreConfig", {}).get("TtlDuration") == {}
    take_on(group, world, now)
    if forgets_ttl:
        group.spec["OnlineStoreConfig"].pop("TtlDuration", None)


UPDATE: Final = Timeline(
    (at(0, None, "InProgress"), at(10, None, "Successful", effect=note_additions)),
    failed=at(0, None, "Failed", effect=give_up),
)


def complete(spec: Json, call: Call, _: World) -> None:
    """Where the offline store is, and the name of its table, which has a timestamp in it (as in moto 5.2.5 and ACK's notes)."""
    offline = spec.get("OfflineStoreConfig")
    if offline is None:
        return
    name, made, place = spec["FeatureGroupName"], int(call.now), call.place
    storage = offline["S3StorageConfig"]
    folder = f"{storage['S3Uri'].rstrip('/')}/{place.account}/sagemaker/{place.region}/offline-store"
    storage.setdefault("ResolvedOutputS3Uri", f"{folder}/{name}-{made}/data")
    if not offline["DisableGlueTableCreation"]:
        table = f"{name.lower().replace('-', '_')}_{made}"
        found = {"TableName": table, "Catalog": "AwsDataCatalog", "Database": "sagemaker_featurestore"}
        offline.setdefault("DataCatalogConfig", found)


def fit(group: Resource, timeline: Timeline) -> Timeline:
    """Online stores in memory take long to be made and to be deleted."""
    in_memory = group.spec.get("OnlineStoreConfig", {}).get("StorageType") == "InMemory"
    last = timeline.steps[-1]
    if not in_memory or timeline.steps[0].status not in ("Creating", "Deleting"):
        return timeline
    return replace(timeline, steps=(*timeline.steps[:-1], replace(last, after=last.after + IN_MEMORY_SECONDS)))


def note_update(group: Resource, step: Step, _: float) -> None:
    """Keep how the last update went, and why it failed, apart from how the group itself is."""
    if step.detail is None:
        return
    group.facts["LastUpdateStatus"] = {"Status": step.detail}
    if step.detail == "Failed" and group.reason is not None:
        group.facts["LastUpdateStatus"]["FailureReason"] = group.reason
        group.reason = None


def view(group: Resource) -> Json:
    """NextToken is required in Describe's output and empty unless there are more than 2,500 features, which cannot be."""
    shown: Json = {"NextToken": ""}
    if "OfflineStoreConfig" in group.spec and group.status in ("Created", "Deleting"):
        shown["OfflineStoreStatus"] = {"Status": "Active"}
    return shown


def nothing_updates(_: Call, group: Resource, __: World) -> None:
    """One update at a time."""
    if group.pending is not None:
        raise UPDATING.error(name=group.name)


def prepare(call: Call, group: Resource, _: World) -> None:
    """Note what the group will be once the update is through."""
    pending: dict[str, Any] = {}
    if "FeatureAdditions" in call.request:
        pending["FeatureDefinitions"] = deepcopy([*group.spec["FeatureDefinitions"], *call.request["FeatureAdditions"]])
    for member in ("OnlineStoreConfig", "ThroughputConfig"):
        if member in call.request:
            pending[member] = deepcopy(call.request[member])
    group.pending = pending


FEATURE_GROUP: Final = Family(
    kind="FeatureGroup",
    path="feature-group",
    status="FeatureGroupStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    any_case=True,
    checks=(
        has_a_store,
        features_have_fair_names,
        keys_are_features,
        event_time_is_a_time,
        role_can_be_assumed("RoleArn"),
    ),
    defaults=(
        ("ThroughputConfig", {"ThroughputMode": "OnDemand"}),
        ("OnlineStoreConfig.EnableOnlineStore", False),
        ("OnlineStoreConfig.StorageType", "Standard"),
        ("OfflineStoreConfig.DisableGlueTableCreation", False),
    ),
    prepare=complete,
    plan=fit,
    entered=note_update,
    view=view,
    filters={"OfflineStoreStatusEquals": within(("OfflineStoreStatus", "Status"))},
    actions=(
        Action(
            operation="UpdateFeatureGroup",
            accepts=frozenset({"Created"}),
            refused=NOT_NOW,
            guards=(nothing_updates, additions_are_new),
            apply=prepare,
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteFeatureGroup",
            accepts=frozenset({"Created", "CreateFailed", "DeleteFailed"}),
            tolerates=frozenset({"Deleting"}),
            refused=NOT_NOW,
            timeline=DELETE,
        ),
        Action(operation="DescribeFeatureMetadata", guards=(feature_exists,), answer=describe_metadata),
        Action(operation="UpdateFeatureMetadata", guards=(feature_exists,), apply=update_metadata),
    ),
)
