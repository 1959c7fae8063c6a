"""Fields that name a key of a ConfigMap or Secret in place of a value.

`asked` finds them in a manifest, the controller reads the objects, `fill` puts the values in their places. A value from a Secret
is kept out of every text that leaves the operator (`redacted`).
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sagemaker_operator.kinds import Kind, Source

from .references import Path, put, walk


@dataclass(frozen=True, slots=True)
class Asked:
    """One use of a source in one manifest.

    Attributes:
        source: the row's entry that it follows.
        parent: where the structure that holds it stands in the spec.
        kind: ``ConfigMap`` or ``Secret``.
        name: of that object, in the namespace of the manifest.
        key: whose value is meant; None for all of them.
    """

    source: Source
    parent: Path
    kind: str
    name: str
    key: str | None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def asked(kind: Kind, spec: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The sources that a spec makes use of."""
    found = []
    for source in kind.sources:
        *steps, last = source.field.split(".")
        for parent, holder in walk(spec, steps, ()):
            named = (holder.get(last) or {}).get(source.ref)
            if isinstance(named, Mapping) and named.get("name"):
                found.append(Asked(source, parent, source.owner, named["name"], named.get("key")))
    return tuple(found)


def value(one: Asked, data: Mapping[str, str]) -> Any:
    """What a source stands for, given the texts of its object by key; None if the key is not there."""
    if one.key is None:
        return dict(data)
    text = data.get(one.key)
    if text is None or not one.source.base64:
        return text
    return base64.b64encode(text.encode()).decode()


def texts(kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    """The texts that a ConfigMap or Secret holds, by key.

    Raises:
        UnicodeDecodeError: if a Secret's value is no text.
        binascii.Error: if it is no base64, which the API server does not let happen.
    """
    data = body.get("data") or {}
    if kind != "Secret":
        return dict(data)
    return {key: base64.b64decode(held).decode() for key, held in data.items()}


def fill(spec: Mapping[str, Any], values: Mapping[Asked, Any]) -> dict[str, Any]:
    """The spec with each source's value in the field that it stands in for."""
    filled: Any = spec
    for one, found in values.items():
        filled = put(filled, one.parent, one.source.sets, found)
    return dict(filled)


def secrets(values: Mapping[Asked, Any], salt: str) -> dict[str, str]:
    """The values that nobody may see, and what stands for each where a digest of it is kept.

    Args:
        values: of all sources.
        salt: differs from object to object, so that equal secrets do not look equal.
    """
    hidden = (found for one, found in values.items() if one.source.secret)
    whole = {text for found in hidden for text in (found.values() if isinstance(found, Mapping) else (found,))}
    # Files end in a line break, which nobody repeats.
    return {text: _stand_in(text, salt) for text in whole | {text.strip() for text in whole} if text}


def veiled(value: Any, hidden: Mapping[str, str]) -> Any:
    """A value with what stands for each secret in its place, to make a digest of."""
    if not hidden:
        return value
    if isinstance(value, Mapping):
        return {name: veiled(held, hidden) for name, held in value.items()}
    if isinstance(value, list):
        return [veiled(item, hidden) for item in value]
    return hidden.get(value, value) if isinstance(value, str) else value


@lru_cache(maxsize=256)
def _stand_in(secret: str, salt: str) -> str:
    """A digest that takes long to make: whoever may read a status must not find a weak secret by trying."""
    return hashlib.scrypt(secret.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def redacted(text: str, hidden: Iterable[str]) -> str:
    """A text without the values that nobody may see."""
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
