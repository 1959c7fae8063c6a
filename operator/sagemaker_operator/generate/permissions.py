"""Who may do what in Kubernetes: the operator as little as it needs, people by the standard roles of their cluster."""

from collections.abc import Sequence

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.composites.table import COMPANIONS
from sagemaker_operator.kinds import GROUP, AnyKind, Kind
from sagemaker_operator.model.schema import Schema

from .install import LABELS, NAME, NAMESPACE

_RBAC = "rbac.authorization.k8s.io/v1"
_READ = ["get", "list", "watch"]
_CHANGE = ["create", "update", "patch", "delete", "deletecollection"]


def all_of(kinds: Sequence[Kind], composites: Sequence[Composite] = ()) -> list[Schema]:
    """The service account, its roles and their bindings, and the roles for people."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
            "automountServiceAccountToken": False,
        },
        _cluster_role(NAME, _operator_rules(kinds, composites)),
        _binding("ClusterRoleBinding", "ClusterRole"),
        _role(),
        _binding("RoleBinding", "Role", namespace=NAMESPACE),
        *_roles_for_people([*kinds, *composites]),
    ]


def to_read_sources() -> list[Schema]:
    """Roles that let the operator read what manifests take values from; no namespace is bound to them by what we install.

    They are for whoever owns a namespace to bind, with ``resourceNames`` if need be: what the operator can read, everybody who
    may create our kinds in that namespace can send to SageMaker.
    """
    return [
        _cluster_role(f"{NAME}-read-{plural}", [{"apiGroups": [""], "resources": [plural], "verbs": ["get"]}])
        for plural in ("configmaps", "secrets")
    ]


def _operator_rules(kinds: Sequence[Kind], composites: Sequence[Composite]) -> list[Schema]:
    plurals = [kind.plural for kind in kinds]
    composed = [row.plural for row in composites]
    beside = [COMPANIONS[kind.name] for kind in kinds if kind.name in COMPANIONS]
    made = {name for row in (*composites, *beside) for name in row.makes}
    made |= {kind.launched.kind for kind in kinds if kind.launched}
    made |= {name for kind in kinds if kind.inline is not None for name in (kind.inline.kind, kind.inline.inner)}
    owners = [*composed, *(kind.plural for kind in kinds if kind.launched or kind.inline or kind.name in COMPANIONS)]
    return [
        # Patch is for the finalizer, for children that are to stay when their owner goes, and for the Endpoints that a
        # monitoring schedule is told to promote models to; no other spec is ever written.
        {"apiGroups": [GROUP], "resources": plurals, "verbs": [*_READ, "patch"]},
        {"apiGroups": [GROUP], "resources": composed, "verbs": _READ},
        # What composites are made of; some clusters ask whoever holds up an owner's deletion for the right to its finalizers.
        {
            "apiGroups": [GROUP],
            "resources": [kind.plural for kind in kinds if kind.name in made],
            "verbs": ["create"],
        },
        {"apiGroups": [GROUP], "resources": [f"{plural}/finalizers" for plural in owners], "verbs": ["update"]},
        # Finished jobs go when their time to live is over, and what composites are made of when it is not wanted any more.
        {
            "apiGroups": [GROUP],
            "resources": [kind.plural for kind in kinds if kind.run is not None or kind.name in made],
            "verbs": ["delete"],
        },
        {
            "apiGroups": [GROUP],
            "resources": [f"{plural}/status" for plural in (*plurals, *composed)],
            "verbs": ["patch"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
        # For the deletion policy that a namespace gives its objects.
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
    ]


def _role() -> Schema:
    # Kubernetes cannot restrict a create to a name, so it stands alone.
    leases: Schema = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"]}
    return {
        "apiVersion": _RBAC,
        "kind": "Role",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": LABELS},
        "rules": [{**leases, "verbs": ["create"]}, {**leases, "resourceNames": [NAME], "verbs": ["get", "update"]}],
    }


def _roles_for_people(kinds: Sequence[AnyKind]) -> list[Schema]:
    """Roles that add our kinds to the cluster's own view, edit and admin roles; nobody but the operator writes a status."""
    plurals = [kind.plural for kind in kinds]
    view: Schema = {"apiGroups": [GROUP], "resources": plurals, "verbs": _READ}
    edit: Schema = {"apiGroups": [GROUP], "resources": plurals, "verbs": [*_READ, *_CHANGE]}
    return [
        _cluster_role(f"{NAME}-view", [view], aggregate_to="view"),
        _cluster_role(f"{NAME}-edit", [edit], aggregate_to="edit"),
        _cluster_role(f"{NAME}-admin", [edit], aggregate_to="admin"),
    ]


def _cluster_role(name: str, rules: list[Schema], *, aggregate_to: str | None = None) -> Schema:
    aggregation = {} if aggregate_to is None else {f"rbac.authorization.k8s.io/aggregate-to-{aggregate_to}": "true"}
    return {
        "apiVersion": _RBAC,
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {**LABELS, **aggregation}},
        "rules": rules,
    }


def _binding(kind: str, role: str, *, namespace: str | None = None) -> Schema:
    return {
        "apiVersion": _RBAC,
        "kind": kind,
        "metadata": {"name": NAME, **({"namespace": namespace} if namespace else {}), "labels": LABELS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
    }
