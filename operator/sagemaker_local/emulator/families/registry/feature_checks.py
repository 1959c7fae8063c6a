"""What CreateFeatureGroup and UpdateFeatureGroup look at before they accept features."""

from collections.abc import Iterable
from typing import Final

from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_STORE: Final = Refusal(
    VALIDATION,
    "At least one of OnlineStoreConfig and OfflineStoreConfig must be given.",
    evidence="CreateFeatureGroup's documentation says so; the text: " + UNVERIFIED,
)
NO_ROLE: Final = Refusal(
    VALIDATION,
    "RoleArn must be given with OfflineStoreConfig.",
    evidence="CreateFeatureGroup's documentation says so; the text: " + UNVERIFIED,
)
RESERVED: Final = Refusal(
    VALIDATION,
    "Feature names cannot be any of is_deleted, write_time, api_invocation_time: {name}",
    evidence="CreateFeatureGroup's documentation says so; the text: " + UNVERIFIED,
)
TWICE: Final = Refusal(VALIDATION, "Feature names must be unique: {name}", evidence=UNVERIFIED)
NO_FEATURE: Final = Refusal(
    VALIDATION,
    "{member} {name} must be the name of a feature in FeatureDefinitions.",
    evidence="CreateFeatureGroup's documentation says so; the text: " + UNVERIFIED,
)
NO_TIME: Final = Refusal(
    VALIDATION,
    "The event time feature {name} must be of type String or Fractional, not {type}.",
    evidence="CreateFeatureGroup's documentation says so; the text: " + UNVERIFIED,
)
_RESERVED: Final = frozenset({"is_deleted", "write_time", "api_invocation_time"})


def has_a_store(call: Call, _: World) -> None:
    """Online, offline or both; and a role for the offline one."""
    if "OnlineStoreConfig" not in call.request and "OfflineStoreConfig" not in call.request:
        raise NO_STORE.error()
    if "OfflineStoreConfig" in call.request and "RoleArn" not in call.request:
        raise NO_ROLE.error()


def features_have_fair_names(call: Call, _: World) -> None:
    """No feature is called like a column that Feature Store adds, and no two are called the same."""
    _check_names(call.request["FeatureDefinitions"], ())


def additions_are_new(call: Call, group: Resource, _: World) -> None:
    """Only features that are not there yet can be added."""
    _check_names(call.request.get("FeatureAdditions", ()), group.spec["FeatureDefinitions"])


def _check_names(features: Iterable[Json], known: Iterable[Json]) -> None:
    names = {feature["FeatureName"].lower() for feature in known}
    for feature in features:
        name = feature["FeatureName"]
        if name.lower() in _RESERVED:
            raise RESERVED.error(name=name)
        if name.lower() in names:
            raise TWICE.error(name=name)
        names.add(name.lower())


def keys_are_features(call: Call, _: World) -> None:
    """The record identifier and the event time are among the features."""
    names = {feature["FeatureName"] for feature in call.request["FeatureDefinitions"]}
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if call.request[member] not in names:
            raise NO_FEATURE.error(member=member, name=call.request[member])


def event_time_is_a_time(call: Call, _: World) -> None:
    """The event time is a text in ISO 8601 or a number of seconds."""
    name = call.request["EventTimeFeatureName"]
    kind = next(f["FeatureType"] for f in call.request["FeatureDefinitions"] if f["FeatureName"] == name)
    if kind not in ("String", "Fractional"):
        raise NO_TIME.error(name=name, type=kind)
