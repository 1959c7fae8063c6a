"""What the parts of a row can say: answers of AWS, references, sources, images, changes, attachments, columns."""

from dataclasses import dataclass

from .moment import Moment


@dataclass(frozen=True, slots=True)
class Says:
    """Recognises an answer of AWS by its code and, as SageMaker answers nearly everything with ValidationException, its text.

    Attributes:
        code: the error code.
        texts: pieces of the message, one of which must occur, whatever their case; none means any message.
    """

    code: str
    texts: tuple[str, ...] = ()

    def matches(self, code: str, message: str) -> bool:
        """Whether an answer is this one."""
        told = message.lower()
        return code == self.code and (not self.texts or any(text.lower() in told for text in self.texts))


def says(code: str, *texts: str) -> Says:
    """A `Says` that reads well in a row."""
    return Says(code, texts)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of ours that names another custom resource in place of a value known only later.

    Attributes:
        field: where it stands in the spec, lists as ``[]``: ``productionVariants[].modelRef``. Its value is ``{name: …}``.
        sets: the sibling field that it stands in for: ``modelName``.
        kind: the kind it points to.
        reads: where that resource's status holds the value: ``modelName``.
        holds: whether the target must outlive the resource that points to it.
    """

    field: str
    sets: str
    kind: str
    reads: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A field of ours that names a key of a ConfigMap or Secret in place of a plain value.

    Attributes:
        field: where it stands in the spec, lists as ``[]``: ``onStart[].contentFrom``.
        sets: the sibling field that it stands in for: ``content``.
        base64: whether SageMaker wants the text in base64.
        secret: whether a Secret key is allowed, and the value must never be shown.
        every: whether all keys of the object become the entries of a map, instead of one key its value.
    """

    field: str
    sets: str
    base64: bool = False
    secret: bool = False
    every: bool = False

    @property
    def owner(self) -> str:
        """The kind of object that holds the value."""
        return "Secret" if self.secret else "ConfigMap"

    @property
    def ref(self) -> str:
        """The field that names the object: ``configMapKeyRef``, spelled as in a container's environment."""
        return f"{self.owner[0].lower()}{self.owner[1:]}{'' if self.every else 'Key'}Ref"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A field of ours that names one of SageMaker's own images in place of its URI.

    Attributes:
        field: where it stands in the spec, lists as ``[]``: ``algorithmSpecification.builtIn``.
        sets: the sibling field that it stands in for: ``trainingImage``.
        scope: what the image is for: ``training``, ``inference`` or ``processing``.
        instances: where the instance types stand on which it runs, seen from the structure around the one that holds the field.
    """

    field: str
    sets: str
    scope: str
    instances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """How a member of the spec is brought in step by Update, where Update has another form for it than Create.

    Attributes:
        member: the member of the spec.
        sends: the member of Update that takes its value: ``DomainSettingsForUpdate``; "" where Update only takes differences.
        adds: the member of Update that takes only what AWS does not have yet: ``FeatureAdditions``, ``AliasesToAdd``.
        removes: the member of Update that takes the names of what AWS has too much: ``PropertiesToRemove``.
        clears: the member of Update that unsets the value when the manifest gives it up: ``DisassociateLifecycleConfig``; with
            ``=`` the value that it lists, ``DeleteProperties=Description``, or the one that it takes: ``VpcConfig={}``.
        by: for lists of structures, the member that tells their items apart.
        during: when SageMaker takes it of a job; None if whenever it is at rest. What Update lacks of the member is fixed then.
    """

    member: str
    sends: str | None = None
    adds: str = ""
    removes: str = ""
    clears: str = ""
    by: str = ""
    during: Moment | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A list of ours that ties a resource to others by operations of their own.

    Attributes:
        field: the field of the spec that lists the others by name: ``trialNames``.
        member: the member of the operations that takes one of them: ``TrialName``.
        attach, detach: the operations, which take the address of the resource besides: ``AssociateTrialComponent``.
        listing: the operation whose rows tell what is attached, given the address: ``ListTrials``.
        summary: one sentence for ``kubectl explain``.
    """

    field: str
    member: str
    attach: str
    detach: str
    listing: str
    summary: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ``kubectl get``; ``wide`` ones only show with ``-o wide``."""

    name: str
    path: str
    type: str = "string"
    wide: bool = False
