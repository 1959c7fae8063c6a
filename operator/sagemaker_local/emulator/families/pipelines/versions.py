"""The versions of a pipeline: every update makes one, and executions are started from one.

They are kept in the pipeline's facts under `Versions`, oldest first, as plain JSON.
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.lists import in_period, newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_VERSION: Final = Refusal(
    "ResourceNotFound",
    "Pipeline version {version} of pipeline '{arn}' does not exist.",
    evidence="DescribePipeline's documentation gives the code; the text: unverified",
)
ID_AND_ALIAS: Final = Refusal(
    VALIDATION,
    "PipelineVersionId and PipelineVersionAlias cannot be specified together.",
    evidence="StartPipelineExecution's documentation says so; the text: " + UNVERIFIED,
)
_INSIDE: Final = frozenset({"PipelineDefinition"})


def add(pipeline: Resource, request: Json, now: float) -> None:
    """Make what the pipeline is now its newest version."""
    versions: list[Json] = pipeline.facts.setdefault("Versions", [])
    version: Json = {
        "PipelineVersionId": len(versions) + 1,
        "CreationTime": now,
        "PipelineDefinition": pipeline.spec["PipelineDefinition"],
    }
    versions.append(version)
    _name(versions, version, request.get("PipelineVersionAliases", []))


def chosen(pipeline: Resource, request: Json) -> Json:
    """The version that a request is about: by id, by alias, or the newest. Raises ServiceError."""
    versions: list[Json] = pipeline.facts["Versions"]
    wanted, alias = request.get("PipelineVersionId"), request.get("PipelineVersionAlias")
    if wanted is not None and alias is not None:
        raise ID_AND_ALIAS.error()
    if wanted is None and alias is None:
        return versions[-1]
    for version in versions:
        if version["PipelineVersionId"] == wanted or alias in version.get("PipelineVersionAliases", ()):
            return version
    raise NO_VERSION.error(version=wanted if alias is None else alias, arn=pipeline.arn)


# Recorded by sagemaker-controller of callers that are no users of a domain.
NOBODY: Final[Mapping[str, Any]] = {"CreatedBy": {}, "LastModifiedBy": {}}


def describe(call: Call, pipeline: Resource, _: World, answer: Json) -> Json:
    """What DescribePipeline answers about the version that is asked for."""
    version = chosen(pipeline, call.request)
    shown = ("PipelineDefinition", "PipelineVersionDisplayName", "PipelineVersionDescription", "PipelineVersionAliases")
    rest = {name: value for name, value in answer.items() if name not in shown}
    return {**rest, **NOBODY, **{name: version[name] for name in shown if version.get(name)}}


def update(call: Call, pipeline: Resource, _: World) -> None:
    """What UpdatePipelineVersion changes, at once."""
    version = chosen(pipeline, {"PipelineVersionId": call.request["PipelineVersionId"]})
    for member in ("PipelineVersionDisplayName", "PipelineVersionDescription"):
        if member in call.request:
            version[member] = call.request[member]
    operations = call.request.get("PipelineVersionAliasOperations", {})
    removed = set(operations.get("Remove", ()))
    kept = [alias for alias in version.get("PipelineVersionAliases", ()) if alias not in removed]
    _name(pipeline.facts["Versions"], version, [*kept, *operations.get("Add", ())])
    pipeline.modified = call.now


def listed(call: Call, pipeline: Resource) -> Json:
    """What ListPipelineVersions answers."""
    found = [
        {
            "PipelineArn": pipeline.arn,
            **{name: value for name, value in version.items() if name not in _INSIDE and value},
        }
        for version in pipeline.facts["Versions"]
        if in_period(call.request, "Created", version["CreationTime"])
    ]
    page = cut(newest_first(found, call.request), call)
    return {"PipelineVersionSummaries": page.items, **page.token}


def _name(versions: list[Json], version: Json, aliases: list[Any]) -> None:
    """Let a version have these aliases; one alias is never of two versions."""
    for other in versions:
        if other is not version:
            others = other.get("PipelineVersionAliases", [])
            other["PipelineVersionAliases"] = [alias for alias in others if alias not in aliases]
    version["PipelineVersionAliases"] = list(dict.fromkeys(aliases))
