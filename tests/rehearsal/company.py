"""Custom resources with all that they refer to, made of the examples of their kinds."""

from typing import Any

from tests.builders import example
from tests.cluster.scenario import with_references
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine import references
from sagemaker_operator.kinds import KINDS


def in_company(play: Rehearsal, kind: str, **spec: Any) -> dict[str, Any]:
    """The example of a kind, with further fields, ready to be applied; what it refers to is applied already."""
    manifest = example(kind)
    manifest["spec"] = with_references(KINDS[kind], manifest["spec"]) | {n: v for n, v in spec.items() if v is not None}
    for pointer in references.pointers(KINDS[kind], manifest["spec"], "default"):
        if not play.there(pointer.target):
            play.apply(in_company(play, pointer.target.kind))
    return manifest
