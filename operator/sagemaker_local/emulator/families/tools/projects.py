"""Projects, made from templates of the Service Catalog or CloudFormation, and the portfolio of SageMaker's own templates.

A deleted project is still described, as DeleteCompleted, and its name is free again (terraform-provider-aws takes that for gone).
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.tags import read
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "Project {name} does not exist.",
    evidence=f"the code and the last words: terraform-provider-aws; the rest: {UNVERIFIED}",
)
EXISTS: Final = Refusal(VALIDATION, "Project {name} already exists.", evidence=UNVERIFIED)
BUSY: Final = Refusal("ConflictException", "Project {name} is in status {status}.", evidence=UNVERIFIED)
SETTLED: Final = frozenset({"CreateCompleted", "UpdateCompleted", "CreateFailed", "UpdateFailed", "DeleteFailed"})
REMEMBERED: Final = 86400.0
"""How long a deleted project is still described; unverified."""
_PORTFOLIO: Final = "ServicecatalogPortfolio"


def number(request: Json, _: Call, world: World) -> None:
    """Projects have ids beside their names."""
    request["ProjectId"] = f"p-{world.new_id(12)}"


def provision(project: Resource, world: World, _: float) -> None:
    """The product of a Service Catalog template is there."""
    if "ServiceCatalogProvisioningDetails" in project.spec:
        project.facts["ServiceCatalogProvisionedProductDetails"] = {"ProvisionedProductId": f"pp-{world.new_id(13)}"}


def take_over(call: Call, project: Resource, _: World) -> None:
    """What an update changes; tags that it has are added."""
    request, spec = call.request, project.spec
    if "ProjectDescription" in request:
        spec["ProjectDescription"] = request["ProjectDescription"]
    if "ServiceCatalogProvisioningUpdateDetails" in request and "ServiceCatalogProvisioningDetails" in spec:
        spec["ServiceCatalogProvisioningDetails"].update(deepcopy(request["ServiceCatalogProvisioningUpdateDetails"]))
    for old, new in zip(spec.get("TemplateProviders", ()), request.get("TemplateProvidersToUpdate", ()), strict=False):
        for kind, template in new.items():
            old.setdefault(kind, {}).update(deepcopy(template))
    project.tags.update(read(request, arn=project.arn))
    project.modified = call.now


def shown(project: Resource) -> Mapping[str, Any]:
    """A project with its templates, and in ServiceCatalog's words why it failed."""
    templates = [
        {f"{kind}Detail": template for kind, template in provider.items()}
        for provider in project.spec.get("TemplateProviders", ())
    ]
    product = dict(project.facts.get("ServiceCatalogProvisionedProductDetails", {}))
    if project.reason is not None:
        product["ProvisionedProductStatusMessage"] = project.reason
    return {
        "TemplateProviderDetails": templates or None,
        "ServiceCatalogProvisionedProductDetails": product or None,
    }


def _portfolio(call: Call, world: World) -> Resource | None:
    return world.find(call.place, _PORTFOLIO, _PORTFOLIO)


def enable_portfolio(call: Call, world: World) -> Json:
    """EnableSagemakerServicecatalogPortfolio."""
    if _portfolio(call, world) is None:
        world.store.add(
            Resource(
                kind="Project",
                shelf=_PORTFOLIO,
                name=_PORTFOLIO,
                key=_PORTFOLIO,
                arn=call.place.arn("servicecatalog", "portfolio"),
                place=call.place,
                spec={},
                created=call.now,
                modified=call.now,
            )
        )
    return {}


def disable_portfolio(call: Call, world: World) -> Json:
    """DisableSagemakerServicecatalogPortfolio."""
    found = _portfolio(call, world)
    if found is not None:
        world.store.remove(found)
    return {}


def portfolio_status(call: Call, world: World) -> Json:
    """GetSagemakerServicecatalogPortfolioStatus."""
    return {"Status": "Disabled" if _portfolio(call, world) is None else "Enabled"}


DELETE: Final = Timeline(
    (at(0, "DeleteInProgress"), at(60, "DeleteCompleted"), at(60 + REMEMBERED, None, effect=gone)),
    failed=at(0, "DeleteFailed"),
)
PROJECT: Final = Family(
    kind="Project",
    path="project",
    status="ProjectStatus",
    create=Timeline(
        (at(0, "CreateInProgress"), at(120, "CreateCompleted", effect=provision)),
        failed=at(0, "CreateFailed"),
    ),
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    frees=frozenset({"DeleteCompleted"}),
    prepare=number,
    view=shown,
    actions=(
        Action(
            operation="UpdateProject",
            accepts=SETTLED,
            refused=BUSY,
            apply=take_over,
            timeline=Timeline((at(0, "UpdateInProgress"), at(60, "UpdateCompleted")), failed=at(0, "UpdateFailed")),
        ),
        Action(
            operation="DeleteProject",
            accepts=SETTLED,
            tolerates=frozenset({"DeleteInProgress"}),
            refused=BUSY,
            timeline=DELETE,
        ),
    ),
    extras=(
        Extra("EnableSagemakerServicecatalogPortfolio", enable_portfolio),
        Extra("DisableSagemakerServicecatalogPortfolio", disable_portfolio),
        Extra("GetSagemakerServicecatalogPortfolioStatus", portfolio_status),
    ),
)
