"""What the status of an endpoint tells besides what Describe says: its phase, address and traffic, and the roll-out under way.

All of it follows from one Describe reply, so an endpoint at rest causes no write. Where a pass saw less than a whole reply, what
the last one told stays.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from . import links
from .facts import Facts, Missing, Present
from .steps import Verb
from .target import Target
from .times import written
from .traffic import instances, models_of, summary, traffic
from .verdict import Aside, Reason, Verdict

_ABOUT_SERVING = ("traffic", "trafficSummary", "instances", "url")
_BUSY = ("Updating", "RollingBack")
_CAPTURE = "DataCaptureReady"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html on EndpointStatus.
MEANINGS: Mapping[str, str] = {
    "SystemUpdating": "SageMaker maintains the endpoint: it serves, and cannot be updated, deleted or scaled until that is over.",
    "OutOfService": "The endpoint takes no requests.",
    "UpdateRollbackFailed": "An update failed and so did its roll-back: the endpoint runs a mix of both configurations.",
}


def told(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """The fields of the status by name; None where there is nothing to say."""
    return {"phase": phase(facts, verdict), **_serving(facts), "deployment": _deployment(facts)}


def asides(facts: Facts) -> Iterator[Aside]:
    """The conditions of an endpoint that are about one side of it; where nothing was seen, those of before stay."""
    if isinstance(facts.observed, Missing):
        return
    if isinstance(facts.observed, Present) and facts.manageable:
        if (meaning := MEANINGS.get(str(facts.status))) is not None:
            yield Aside(str(facts.status), "True", str(facts.status), f"{meaning} {facts.cause or ''}".strip())
    else:
        yield from _before(facts, *MEANINGS)
    yield from _capture(facts) if _complete(facts) else _before(facts, _CAPTURE)


def _before(facts: Facts, *kinds: str) -> Iterator[Aside]:
    for kind in kinds:
        if (one := facts.resource.condition(kind)) is not None:
            yield Aside(kind, str(one["status"]), str(one["reason"]), str(one["message"]))


def _capture(facts: Facts) -> Iterator[Aside]:
    """Whether requests are captured, where they are to be."""
    capture = facts.reply.get("DataCaptureConfig") or {}
    if not capture.get("EnableCapture"):
        return
    state, share = str(capture.get("CaptureStatus")), capture.get("CurrentSamplingPercentage")
    where = f"{share}% of the requests, to {capture.get('DestinationS3Uri')}."
    message = f"Captures {where}" if state == "Started" else f"SageMaker does not capture {where}"
    yield Aside(_CAPTURE, str(state == "Started"), state, message)


def phase(facts: Facts, verdict: Verdict) -> str:
    """Where an endpoint stands, in one word: SageMaker's own where it has one."""
    if verdict.suspended:
        return "Stopped"
    if facts.resource.deleting or Verb.DELETE in facts.done:
        return "Deleting"
    if Verb.CREATE in facts.done or verdict.reason == Reason.CREATING:
        return "Creating"
    if {Verb.UPDATE, Verb.SIZE}.intersection(facts.done):
        return "Updating"
    if isinstance(facts.observed, Present) and facts.status is not None and facts.manageable:
        return facts.status
    before = facts.resource.status.get("phase")
    return str(before) if before and facts.resource.arn is not None else "Pending"


def _complete(facts: Facts) -> bool:
    return isinstance(facts.observed, Present) and facts.observed.complete and facts.manageable


def _serving(facts: Facts) -> dict[str, Any]:
    """Its address and its traffic."""
    before = facts.resource.status
    if isinstance(facts.observed, Missing):
        return dict.fromkeys(_ABOUT_SERVING)
    if not _complete(facts):
        return {name: before.get(name) for name in _ABOUT_SERVING}
    variants = traffic(facts.reply, models(facts))
    name = str(facts.reply.get(facts.kind.family.identity) or facts.resource.known_name)
    asynchronous = bool(facts.reply.get("AsyncInferenceConfig"))
    url = links.runtime(str(facts.arn), name, asynchronous=asynchronous, override=facts.elsewhere)
    return {
        "traffic": variants or None,
        "trafficSummary": summary(variants) or None,
        "instances": instances(variants),
        "url": url,
    }


def models(facts: Facts) -> Mapping[str, str]:
    """The models that serve, by variant: those of the manifest once its configuration serves, else those told before."""
    if isinstance(facts.target, Target) and facts.target.models:
        wanted = facts.target.members.get("EndpointConfigName")
        if wanted == facts.reply.get("EndpointConfigName"):
            return facts.target.models
    status = facts.resource.status
    same = status.get("endpointConfigName") == facts.reply.get("EndpointConfigName")
    return models_of(status.get("traffic") or ()) if same else {}


def _deployment(facts: Facts) -> dict[str, Any] | None:
    """How far a roll-out is."""
    if not _complete(facts):
        still = not isinstance(facts.observed, Missing) and facts.status in (None, "Creating", *_BUSY)
        return facts.resource.status.get("deployment") if still else None
    pending = facts.reply.get("PendingDeploymentSummary")
    if not pending:
        return None
    variants = [_moving(one) for one in (*(pending.get("ProductionVariants") or ()), *_shadows(pending))]
    began = pending.get("StartTime")
    return {
        "stage": "RollingBack" if facts.status == "RollingBack" else _stage(pending),
        "endpointConfigName": pending.get("EndpointConfigName"),
        **({"startTime": written(began)} if isinstance(began, datetime) else {}),
        "variants": variants,
    }


def _shadows(pending: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(pending.get("ShadowProductionVariants") or ())


def _moving(one: Mapping[str, Any]) -> dict[str, Any]:
    state = (one.get("VariantStatus") or [{}])[-1]
    told = {
        "variantName": one.get("VariantName"),
        "state": state.get("Status"),
        "message": state.get("StatusMessage"),
        "instances": one.get("CurrentInstanceCount"),
        "desiredInstances": one.get("DesiredInstanceCount"),
        "weight": one.get("CurrentWeight"),
        "desiredWeight": one.get("DesiredWeight"),
    }
    return {name: value for name, value in told.items() if value is not None}


def _stage(pending: Mapping[str, Any]) -> str:
    """What the variants are at: the state that began last."""
    states = [
        (str(state.get("StartTime", "")), str(state["Status"]))
        for one in (*(pending.get("ProductionVariants") or ()), *_shadows(pending))
        for state in one.get("VariantStatus") or ()
        if state.get("Status")
    ]
    return max(states, key=lambda one: one[0])[1] if states else "Creating"
