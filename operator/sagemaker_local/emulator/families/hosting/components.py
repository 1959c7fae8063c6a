"""Inference components: copies of a model on the instances of an endpoint whose variants name no model themselves.

A failed update returns to InService with a FailureReason, which stays even after a later update that succeeds (a comment in the
end-to-end tests of aws-controllers-k8s/sagemaker-controller).
"""

from functools import partial
from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.hosting.component_updates import (
    BAKED,
    choose_variant,
    prepare_update,
    reach,
    roll_out,
    specified,
    start,
    update_course,
)
from sagemaker_local.emulator.families.hosting.endpoints import MISSING as NO_ENDPOINT
from sagemaker_local.emulator.families.hosting.endpoints import NO_VARIANT
from sagemaker_local.emulator.families.hosting.models import NO_MODEL
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_COMPONENT: Final = Refusal(
    VALIDATION,
    'Could not find inference component "{arn}".',
    evidence="the beginning: ACK generator.yaml, sagemaker-python-sdk, terraform-provider-aws",
)
COMPONENT_EXISTS: Final = Refusal(
    VALIDATION,
    'Cannot create already existing inference component "{arn}".',
    evidence=UNVERIFIED,
)
COMPONENT_BUSY: Final = Refusal(
    VALIDATION,
    'Cannot update or delete inference component "{arn}" while its status is {status}.',
    evidence=f"that it cannot be deleted while Creating: amazon-sagemaker-examples#3432; {UNVERIFIED} text",
)
BEING_DELETED: Final = Refusal(
    VALIDATION,
    'Inference component "{arn}" is in status DELETE_IN_PROGRESS.',
    evidence=f"DELETE_IN_PROGRESS: terraform-provider-aws#48894; {UNVERIFIED} otherwise",
)
NOT_SUPPORTED: Final = Refusal(
    VALIDATION,
    "Invalid request provided: Inference Components are not supported in this Endpoint. Please make sure this endpoint can "
    "deploy inference components.",
    evidence="pulumi-aws#4940",
)
TWO_SPECIFICATIONS: Final = Refusal(
    VALIDATION,
    "Only one of Specification and Specifications can be specified.",
    evidence=UNVERIFIED,
)
NOTHING_TO_UPDATE: Final = Refusal(
    VALIDATION,
    "Either RuntimeConfig or a specification must be specified.",
    evidence=f"that they are needed: terraform-provider-aws#48894; {UNVERIFIED} text",
)
IS_A_BASE: Final = Refusal(
    VALIDATION,
    'Inference component "{arn}" is a base inference component for one or more associated inference components.',
    evidence=f'"is a base inference component for one or more associated": terraform-provider-aws#48894; {UNVERIFIED} otherwise',
)


def endpoint_hosts_components(call: Call, world: World) -> None:
    """The endpoint and the variant exist, and the variant names no model."""
    name = call.request["EndpointName"]
    endpoint = world.find(call.place, "Endpoint", name.lower())
    if endpoint is None:
        raise NO_ENDPOINT.error(arn=call.place.arn("endpoint", name.lower()))
    config = world.find(call.place, "EndpointConfig", endpoint.spec["EndpointConfigName"])
    variants: dict[str, Json] = {v["VariantName"]: v for v in config.spec["ProductionVariants"]} if config else {}
    wanted = call.request.get("VariantName")
    if wanted is not None and config is not None and wanted not in variants:
        raise NO_VARIANT.error(variant=wanted, arn=endpoint.arn)
    chosen = [variants[wanted]] if wanted in variants else list(variants.values())
    if any("ModelName" in variant for variant in chosen):
        raise NOT_SUPPORTED.error()


def specification_holds(call: Call, world: World) -> None:
    """There is one specification at most, and the models and components that it names exist."""
    if "Specification" in call.request and "Specifications" in call.request:
        raise TWO_SPECIFICATIONS.error()
    for wanted in specified(call.request):
        model, base = wanted.get("ModelName"), wanted.get("BaseInferenceComponentName")
        if model is not None and world.find(call.place, "Model", model) is None:
            raise NO_MODEL.error(arn=call.place.arn("model", model))
        if base is not None and world.find(call.place, "InferenceComponent", base) is None:
            raise NO_COMPONENT.error(arn=call.place.arn("inference-component", base))


def something_changes(call: Call, _: Resource, world: World) -> None:
    """An update brings copies or a specification; a deployment configuration alone is not enough."""
    if not any(name in call.request for name in ("RuntimeConfig", "Specification", "Specifications")):
        raise NOTHING_TO_UPDATE.error()
    specification_holds(call, world)


def not_being_deleted(_: Call, component: Resource, __: World) -> None:
    """A second deletion is refused in words of its own."""
    if component.status == "Deleting":
        raise BEING_DELETED.error(arn=component.arn)


def no_adapters(_: Call, component: Resource, world: World) -> None:
    """Adapters go before the component that they are based on."""
    others = world.store.of_kind(component.place, "InferenceComponent").values()
    bases = {spec.get("BaseInferenceComponentName") for other in others for spec in specified(other.spec)}
    if component.name in bases:
        raise IS_A_BASE.error(arn=component.arn)


def shown(component: Resource) -> Json:
    """Specifications with the image that was resolved, and copies as Describe names them."""
    view: Json = {}
    for member in ("Specification", "Specifications"):
        given: Any = component.spec.get(member)
        if given is not None:
            resolve = partial(_resolved, component)
            view[member] = [resolve(one) for one in given] if isinstance(given, list) else resolve(given)
    view["RuntimeConfig"] = component.facts.get("Copies")
    return view


def _resolved(component: Resource, given: Json) -> Json:
    container = given.get("Container")
    if container is None:
        return given
    rest = {name: value for name, value in container.items() if name != "Image"}
    if "Image" in container:
        image = container["Image"]
        rest["DeployedImage"] = {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": component.created}
    return {**given, "Container": rest}


def deregister(_: Call, component: Resource, world: World) -> None:
    """What is deleted is scaled no more, as with endpoints; of components this is unverified."""
    if world.services is not None:
        world.services.deregister(component.place, f"inference-component/{component.name}")


SETTLED: Final = frozenset({"InService", "Failed"})
CREATE: Final = Timeline((at(0, "Creating", effect=start), at(180, "InService", effect=reach)), failed=at(0, "Failed"))
COPIES: Final = Timeline(
    (at(0, "Updating"), at(60, "InService", effect=reach)), failed=at(0, "InService", effect=partial(reach, back=True))
)
DELETE: Final = Timeline((at(0, "Deleting"), at(30, None, effect=gone)))


def again(component: Resource, _: World) -> Timeline | None:
    """The course of a creation or an update, from its beginning."""
    if component.status == "Creating":
        return CREATE
    pending = component.pending
    if component.status != "Updating" or pending is None:
        return None
    whole = "Specification" in pending or "Specifications" in pending
    return roll_out(pending.get("DeploymentConfig"), component.facts["Copies"]["DesiredCopyCount"]) if whole else COPIES


INFERENCE_COMPONENT: Final = Family(
    kind="InferenceComponent",
    path="inference-component",
    status="InferenceComponentStatus",
    create=CREATE,
    missing=NO_COMPONENT,
    exists=COMPONENT_EXISTS,
    checks=(endpoint_hosts_components, specification_holds),
    prepare=choose_variant,
    view=shown,
    again=again,
    stages=BAKED,
    actions=(
        Action(
            operation="UpdateInferenceComponent",
            accepts=SETTLED,
            refused=COMPONENT_BUSY,
            guards=(something_changes,),
            apply=prepare_update,
            timeline=roll_out(None, 1),
            course=update_course,
        ),
        Action(
            operation="UpdateInferenceComponentRuntimeConfig",
            accepts=SETTLED,
            refused=COMPONENT_BUSY,
            apply=prepare_update,
            timeline=COPIES,
        ),
        Action(
            operation="DeleteInferenceComponent",
            accepts=SETTLED | {"Deleting"},
            refused=COMPONENT_BUSY,
            guards=(not_being_deleted, no_adapters),
            apply=deregister,
            timeline=DELETE,
        ),
    ),
)
