"""What ties a resource to others by operations of their own, such as a trial component to its trials.

Others attach things too: a job adds its component to a trial by itself. So only what this object has attached is detached again,
but for its deletion, which SageMaker refuses as long as anything is attached.
"""

from sagemaker_operator.kinds import Attachment

from . import address
from .facts import Facts
from .steps import AskAttached, Call, Step, Verb
from .target import Target


def unattached(facts: Facts) -> Step | None:
    """Attach and detach when the manifest has changed or the resource is new to us."""
    if not isinstance(facts.target, Target):
        return None
    for one in facts.kind.attachments:
        wanted = set(facts.target.attached.get(one.field, ()))
        ours = set((facts.resource.status.get("attached") or {}).get(one.field, ()))
        # What is written down as ours was attached when the last report was made.
        if wanted == ours and facts.resource.up_to_date and facts.recognised:
            continue
        if one.field not in facts.attached:
            return AskAttached(one)
        there = facts.attached[one.field]
        for name in sorted(wanted - there):
            return call(facts, one, Verb.ATTACH, name)
        for name in sorted((ours - wanted) & there):
            return call(facts, one, Verb.DETACH, name)
    return None


def still_attached(facts: Facts) -> Step | None:
    """Detach everything before the deletion."""
    for one in facts.kind.attachments:
        if one.field not in facts.attached:
            return AskAttached(one)
        for name in sorted(facts.attached[one.field]):
            return call(facts, one, Verb.DETACH, name)
    return None


def call(facts: Facts, one: Attachment, verb: Verb, name: str) -> Call:
    """The call that attaches or detaches one of the others."""
    operation = one.attach if verb is Verb.ATTACH else one.detach
    return Call(verb, operation, {**(address.asked(facts, operation) or {}), one.member: name})


def after(facts: Facts, step: Call) -> dict[str, frozenset[str]]:
    """What is attached after such a call."""
    attached = dict(facts.attached)
    for one in facts.kind.attachments:
        if step.operation == one.attach:
            attached[one.field] = attached.get(one.field, frozenset()) | {step.request[one.member]}
        elif step.operation == one.detach:
            attached[one.field] = attached.get(one.field, frozenset()) - {step.request[one.member]}
    return attached
