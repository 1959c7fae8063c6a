"""What manifests of AWS Controllers for Kubernetes (ACK) can say: the fields of its 26 SageMaker kinds, read from ``fields.txt``.

Not here: what we make of them (`tests.contract.test_ack_fields`), and manifests as people have them (``manifests``).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PLAIN = ("string", "boolean", "integer", "number")

Fields = Mapping[str, str]


@cache
def _sections() -> Mapping[str, Mapping[str, Fields]]:
    """The sections of the file, each by name of kind or structure: the type of each field."""
    sections: dict[str, dict[str, Fields]] = {}
    for line in (HERE / "fields.txt").read_text().splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, _, fields = line.partition(": ")
            section[name] = {field: kind or "string" for field, _, kind in (f.partition(":") for f in fields.split())}
    return sections


def kinds() -> tuple[str, ...]:
    """The kinds that ACK has."""
    return tuple(_sections()["kinds"])


def paths(kind: str) -> dict[str, str]:
    """The type in a CRD of each field of a kind's spec, by path: ``productionVariants[].modelName`` is a ``string``."""
    return dict(_paths(_sections()["kinds"][kind], ""))


def _paths(fields: Fields, prefix: str) -> Iterator[tuple[str, str]]:
    for field, said in fields.items():
        path, kind = f"{prefix}{field}", said.strip("[]")
        if said != kind:
            yield path, "array"
            path += "[]"
        if kind in PLAIN:
            yield path, kind
        elif kind == "map":
            yield path, "object"
            yield f"{path}{{}}", "string"
        else:
            yield path, "object"
            yield from _paths(_sections()["structures"][kind], f"{path}.")
