"""What people note about a feature of a group: a description and parameters."""

from typing import Any, Final

from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_FEATURE: Final = Refusal(
    "ResourceNotFound",
    "Resource Not Found: FeatureGroup {name} has no feature called {feature}",
    evidence=UNVERIFIED,
)


def feature_exists(call: Call, group: Resource, _: World) -> None:
    """The group has such a feature."""
    if _definition(call, group) is None:
        raise NO_FEATURE.error(name=group.name, feature=call.request["FeatureName"])


def describe_metadata(call: Call, group: Resource, _: World) -> Json:
    """What DescribeFeatureMetadata tells beside the group's name and ARN."""
    name = call.request["FeatureName"]
    feature = _definition(call, group) or {}
    made = group.facts.get("Added", {}).get(name, group.created)
    noted: dict[str, Any] = group.facts.get("Metadata", {}).get(name, {})
    told = {"CreationTime": made, "LastModifiedTime": made, "Description": "", "Parameters": [], **noted}
    return {"FeatureName": name, "FeatureType": feature["FeatureType"], **{k: v for k, v in told.items() if v != ""}}


def update_metadata(call: Call, group: Resource, _: World) -> None:
    """What UpdateFeatureMetadata changes, at once."""
    request = call.request
    noted = group.facts.setdefault("Metadata", {}).setdefault(request["FeatureName"], {})
    if "Description" in request:
        noted["Description"] = request["Description"]
    parameters = {entry.get("Key"): entry.get("Value") for entry in noted.get("Parameters", ())}
    parameters.update({entry.get("Key"): entry.get("Value") for entry in request.get("ParameterAdditions", ())})
    for key in request.get("ParameterRemovals", ()):
        parameters.pop(key, None)
    noted["Parameters"] = [{"Key": key, "Value": value} for key, value in parameters.items()]
    noted["LastModifiedTime"] = call.now


def _definition(call: Call, group: Resource) -> Json | None:
    wanted = call.request["FeatureName"]
    found = (feature for feature in group.spec["FeatureDefinitions"] if feature["FeatureName"] == wanted)
    return next(found, None)
