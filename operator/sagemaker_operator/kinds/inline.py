"""What a row says about resources that a manifest can describe in place instead of naming them: objects are made of them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """A resource that a manifest describes in place; all are fields, as a spec has them.

    Attributes:
        field: the field whose presence means that it is described here: ``productionVariants``.
        sets: the field that names the resource otherwise: ``endpointConfigName``.
        kind: the kind of the object that is made of it; its whole content can be set.
        reads: the field of that object's status that holds the name: ``endpointConfigName``.
        lists: the lists of structures in which a further kind can be described: ``productionVariants``.
        inner: that kind.
        inner_field: the field of the structure that holds it: ``model``.
        inner_sets: the field that it stands in for: ``modelName``.
        inner_ref: the field that names its object: ``modelRef``.
    """

    field: str
    sets: str
    kind: str
    reads: str
    lists: tuple[str, ...] = ()
    inner: str = ""
    inner_field: str = ""
    inner_sets: str = ""
    inner_ref: str = ""
