"""Where resources are kept: per account, region and kind, in the order in which they were created.

Not thread-safe by itself; `service` holds the lock.
"""

from collections.abc import Iterator

from sagemaker_local.emulator.resource import Place, Resource

Shelf = tuple[Place, str]


class Store:
    """All resources that exist now."""

    def __init__(self) -> None:
        self._shelves: dict[Shelf, dict[str, Resource]] = {}
        self._by_arn: dict[str, Resource] = {}

    def add(self, resource: Resource) -> None:
        """Keep a new resource; the caller has made sure that its name is free. One that gave its name up is gone by now."""
        shelf = self._shelf(resource.place, resource.shelf)
        before = shelf.pop(resource.key, None)
        if before is not None:
            before.gone = True
        shelf[resource.key] = resource
        self._by_arn[resource.arn] = resource

    def find(self, place: Place, kind: str, key: str) -> Resource | None:
        """The resource with that key, or None."""
        shelf = self._shelves.get((place, kind))
        return shelf.get(key) if shelf else None

    def find_arn(self, arn: str) -> Resource | None:
        """The resource with that ARN, in any account."""
        return self._by_arn.get(arn)

    def remove(self, resource: Resource) -> None:
        """Forget a resource; its name is free again."""
        resource.gone = True
        self._shelf(resource.place, resource.shelf).pop(resource.key, None)
        self._by_arn.pop(resource.arn, None)

    def of_kind(self, place: Place, kind: str) -> dict[str, Resource]:
        """Key to resource, oldest first; not to be changed by the caller."""
        return self._shelf(place, kind)

    def in_place(self, place: Place) -> Iterator[Resource]:
        """Every resource of one account and region."""
        for (where, _), shelf in self._shelves.items():
            if where == place:
                yield from shelf.values()

    def everywhere(self, kind: str) -> Iterator[Resource]:
        """Every resource of one kind, in all accounts and regions."""
        for (_, shelf_kind), shelf in self._shelves.items():
            if shelf_kind == kind:
                yield from shelf.values()

    def all(self) -> Iterator[Resource]:
        """Every resource, in the order of creation within its kind, account and region."""
        for shelf in self._shelves.values():
            yield from shelf.values()

    def clear(self) -> None:
        """Forget everything."""
        self._shelves.clear()
        self._by_arn.clear()

    def _shelf(self, place: Place, kind: str) -> dict[str, Resource]:
        return self._shelves.setdefault((place, kind), {})
