"""What the life of each kind is tried with: its example, what that needs, and how it is changed.

Most of it is derived: the example of a kind names its neighbours by value, and here by reference; what is edited comes from the
service model (`edits`). What neither tells stands in ``scenarios/<kind>.yaml``, with the calls that are expected:

    create: fields of the spec that replace those of the example; null removes one
    needs: further objects that have to be there
    edits: fields of the spec to set, step by step; the fields that no step names are all edited in a step before these
    unedited: mutable fields that are left as they are, and why
    moving: fields of the status that SageMaker changes without anybody's doing, and why
    drift: members of Update that somebody else sets at SageMaker, or the reason why nobody can
    calls: the operations that change something at SageMaker, from the first to the last
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from tests.builders import ROOT, Manifest
from tests.cluster.edits import another, says_something
from tests.emulator import generated

from sagemaker_operator.engine import references
from sagemaker_operator.generate.examples import example
from sagemaker_operator.kinds import KINDS, Kind, Policy
from sagemaker_operator.model.convert import from_reply, to_request
from sagemaker_operator.model.families import TOKENS
from sagemaker_operator.model.names import field

Spec = dict[str, Any]

FOLDER = Path(__file__).parent / "scenarios"
_BATCHES = 4
TAGS = [{"key": "team", "value": "vision"}, {"key": "stage", "value": "trial"}]
OTHER_TAGS = [{"key": "team", "value": "speech"}, {"key": "cost-centre", "value": "7"}]


@dataclass(frozen=True)
class Scenario:
    """The life of one kind.

    Attributes:
        told: what its file says.
    """

    kind: Kind
    told: Mapping[str, Any]

    @cached_property
    def spec(self) -> Spec:
        """The spec that is applied first."""
        spec = with_references(self.kind, example(ROOT, self.kind)["spec"])
        spec = merged(spec, self.told.get("create", {}))
        if Policy.DELETE in self.kind.policies:
            spec["deletionPolicy"] = "Delete"
        return {**spec, "tags": TAGS} if self.tagged(spec) else spec

    @property
    def object(self) -> str:
        """What kubectl calls it."""
        return f"{self.kind.name.lower()}/digits"

    def manifest(self, spec: Spec) -> Manifest:
        """The custom resource with a spec."""
        return {**example(ROOT, self.kind), "spec": spec}

    @property
    def needs(self) -> list[Manifest]:
        """Further objects that have to be there."""
        return [deepcopy(manifest) for manifest in self.told.get("needs", ())]

    def tagged(self, spec: Spec) -> bool:
        """Whether it can carry tags."""
        without = self.kind.untagged_with
        given = {*spec, *(r.sets for r in self.kind.references if r.field in spec)}
        return self.kind.family.taggable and not (without and field(without) in given)

    @cached_property
    def edits(self) -> list[Spec]:
        """The edits, one after another, as merge patches of the spec; together they touch every mutable field."""
        steps: list[Spec] = [dict(step) for step in self.told.get("edits", ())]
        named = {name for step in steps for name in step} | set(self.told.get("unedited", ()))
        stand_ins: dict[str, set[str]] = {}
        for reference in self.kind.references:
            stand_ins.setdefault(reference.sets, set()).add(reference.field.removesuffix("[]"))
        mutable = sorted(self.kind.mutable - self.kind.manners - self._excluded)
        left = [name for name in mutable if not named & {field(name), *stand_ins.get(field(name), ())}]
        return [self._edit(left), *steps] if left else steps

    @property
    def _excluded(self) -> set[str]:
        """The members that cannot be set beside those that are."""
        sets = (*self.kind.exactly_one, *self.kind.at_most_one)
        return {name for one in sets for name in one if self._given.keys() & set(one) - {name}}

    @cached_property
    def _given(self) -> dict[str, Any]:
        return to_request(self.kind.family.spec_members, self.spec)

    def _edit(self, members: list[str]) -> Spec:
        shapes, fixed = self.kind.family.spec_members, self.kind.fixed
        changed = {name: another(shapes[name], name, self._given.get(name), fixed=fixed) for name in members}
        return from_reply(shapes, changed)

    @cached_property
    def immutable(self) -> dict[str, Any]:
        """For each field that cannot be changed, another value than it has; none for one that allows a single value."""
        shapes, extras = self.kind.family.spec_members, self.kind.family.extras
        names = [n for n in sorted(shapes) if n not in {*self.kind.mutable, *extras, *TOKENS, "Tags"}]
        changed = {n: another(shapes[n], n, self._given.get(n)) for n in names}
        changed = {n: v if says_something(v) else generated.value(shapes[n], n) for n, v in changed.items()}
        return from_reply(shapes, {n: v for n, v in changed.items() if v != self._given.get(n)})


def with_references(kind: Kind, spec: Spec) -> Spec:
    """A spec that names its neighbours by reference where the example names theirs."""
    for reference in kind.references:
        *steps, last = reference.field.split(".")
        for path, holder in list(references.walk(spec, steps, ())):
            if holder.get(reference.sets) == "digits":
                spec = references.put(spec, path, last, {"name": "digits"})
                _remove(spec, path, reference.sets)
    return spec


def _remove(spec: Any, path: references.Path, name: str) -> None:
    for step in path:
        spec = spec[step]
    del spec[name]


def merged(value: Any, patch: Any) -> Any:
    """What a JSON merge patch makes of a value."""
    if not isinstance(patch, Mapping):
        return patch
    held = dict(value) if isinstance(value, Mapping) else {}
    for name, new in patch.items():
        if new is None:
            held.pop(name, None)
        else:
            held[name] = merged(held.get(name), new)
    return held


def scenario(kind: Kind) -> Scenario:
    """The scenario of a kind."""
    file = FOLDER / f"{kind.name.lower()}.yaml"
    return Scenario(kind, yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {})


def batches() -> list[list[Scenario]]:
    """All kinds in batches of about the same size; kinds that refer to each other are in the same one."""
    scenarios = {name: scenario(kind) for name, kind in KINDS.items()}
    together = {name: {name} for name in scenarios}
    for name, one in scenarios.items():
        targets = [p.target.kind for p in references.pointers(one.kind, one.spec, "")]
        for other in [*targets, *(manifest["kind"] for manifest in one.needs)]:
            union = together[name] | together[other]
            together |= dict.fromkeys(union, union)
    found: list[list[Scenario]] = [[] for _ in range(_BATCHES)]
    stacks = {id(stack): stack for stack in together.values()}.values()
    for stack in sorted(stacks, key=lambda stack: (-len(stack), min(stack))):
        min(found, key=len).extend(scenarios[name] for name in sorted(stack))
    return found
