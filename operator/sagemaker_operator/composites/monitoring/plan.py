"""The plan for a MonitoringSchedule: whoever runs it, what is known of its runs, and what follows from them."""

from dataclasses import replace

from sagemaker_operator.composites.plan import Plan, Situation
from sagemaker_operator.engine.resource import FINALIZER, Key, Object
from sagemaker_operator.kinds.monitoring_form import left_to_us

from . import native, native_plan, own


def plan(situation: Situation) -> Plan:
    """What to do about a MonitoringSchedule now."""
    # What SageMaker still has of it goes first: until then the pass over that has the say.
    if left_to_us(situation.parent.spec) and FINALIZER not in situation.parent.finalizers:
        made = own.plan(situation)
        return replace(made, delete=(*made.delete, *native.surplus(situation)))
    return native_plan.plan(situation)


def watches(parent: Object) -> tuple[Key, ...]:
    """Whose changes may let it go on."""
    spec = parent.spec
    named = [
        ("Endpoint", (spec.get("source") or {}).get("endpointRef")),
        ("MonitoringSchedule", spec.get("baselineRef")),
        ("Endpoint", ((spec.get("onViolation") or {}).get("promote") or {}).get("endpointRef")),
    ]
    training = ((spec.get("baseline") or {}).get("from") or {}).get("trainingJob")
    keys = [Key(kind, parent.namespace, told["name"]) for kind, told in (*named, ("TrainingJob", training)) if told]
    return tuple(dict.fromkeys(keys))
