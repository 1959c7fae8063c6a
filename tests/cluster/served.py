"""What the API server serves, and how kubectl calls it: ``trainingjob``, ``smtj``, ``trainingjobs.sagemaker-operator.dev``, and
``sagemaker``, the category of all that are ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tests.cluster.api import Api

from sagemaker_local.cluster import Cluster

# One document for all: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@dataclass(frozen=True)
class Served:
    """One kind of object.

    Attributes:
        version: as manifests write it, such as ``apps/v1``.
        names: what kubectl takes for it.
    """

    kind: str
    version: str
    plural: str
    names: frozenset[str]
    categories: frozenset[str]

    def path(self, namespace: str, name: str = "") -> str:
        """Where the API server has the objects of a namespace, or one of them."""
        root = "apis" if "/" in self.version else "api"
        objects = f"/{root}/{self.version}/namespaces/{namespace}/{self.plural}"
        return f"{objects}/{name}" if name else objects


def find(cluster: Cluster, what: str) -> list[Served]:
    """What kubectl takes names for, separated by commas; a category stands for several. Asks again about a name that is new."""
    return [one for name in what.split(",") for one in _called(cluster, name.lower())]


def of(cluster: Cluster, version: str, kind: str) -> Served:
    """What a manifest is about."""
    for known in (_all, _anew):
        if found := [one for one in known(cluster) if (one.version, one.kind) == (version, kind)]:
            return found[0]
    raise AssertionError(f'no matches for kind "{kind}" in version "{version}"')


def _called(cluster: Cluster, name: str) -> list[Served]:
    for known in (_all, _anew):
        if found := [one for one in known(cluster) if name in one.categories]:
            return found
        if found := [one for one in known(cluster) if name in one.names]:
            return found[:1]
    raise AssertionError(f'the server doesn\'t have a resource type "{name}"')


def _anew(cluster: Cluster) -> tuple[Served, ...]:
    _all.cache_clear()
    return _all(cluster)


@lru_cache(maxsize=4)
def _all(cluster: Cluster) -> tuple[Served, ...]:
    with Api(cluster, "default") as api:
        return tuple(one for root in ("/api", "/apis") for one in _group_list(api, root))


def _group_list(api: Api, root: str) -> Iterator[Served]:
    for group in api.ask("GET", root, accept=_AGGREGATED).body["items"]:
        suffix = group["metadata"].get("name", "")
        for version in group["versions"][:1]:
            for one in version.get("resources", ()):
                singular = one.get("singularResource") or one["responseKind"]["kind"].lower()
                plain = (one["resource"], singular)
                full = tuple(f"{name}.{suffix}" for name in plain) if suffix else ()
                yield Served(
                    kind=one["responseKind"]["kind"],
                    version=f"{suffix}/{version['version']}" if suffix else version["version"],
                    plural=one["resource"],
                    names=frozenset((*plain, *full, *one.get("shortNames", ()))),
                    categories=frozenset(one.get("categories", ())),
                )
