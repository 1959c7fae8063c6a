"""Whose a SageMaker resource is: the tags that say so, and how tags are brought in step with a manifest.

Every resource that is created here carries the cluster, namespace, name and UID of its custom resource. "Already exists" is then
no riddle: a resource with our UID is ours, whatever happened to the reply of its Create. Tags that somebody else has set stay.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

PREFIX = "sagemaker-operator.dev/"
CLUSTER = f"{PREFIX}cluster"
NAMESPACE = f"{PREFIX}namespace"
NAME = f"{PREFIX}name"
UID = f"{PREFIX}uid"

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
_VALUE_LIMIT = 256
_HASH = 8


def ownership(*, cluster: str, namespace: str, name: str, uid: str) -> dict[str, str]:
    """The tags that say that a resource belongs to a custom resource, by key.

    Values are spelled as AWS accepts them, and stay different where they were different.
    """
    said = {CLUSTER: cluster, NAMESPACE: namespace, NAME: name, UID: uid}
    return {key: _value(value) for key, value in said.items()}


def merge(user_tags: Iterable[Mapping[str, str]], owned: Mapping[str, str]) -> list[dict[str, str]]:
    """The tags of a Create: the manifest's in their order, then ours, which win over the manifest's of the same key."""
    mine = [{"Key": key, "Value": value} for key, value in _by_key(user_tags).items() if key not in owned]
    return mine + [{"Key": key, "Value": value} for key, value in owned.items()]


def difference(
    have: Mapping[str, str], want: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """What brings the tags of a resource in step with its manifest.

    Args:
        have: the tags that the resource has.
        want: the tags that it should have, ours among them.
        before: the tags that the manifest wanted when they were last brought in step.

    Returns:
        The tags to add or to change, and the keys to remove: those that the manifest used to want. All others are somebody
        else's, and ours are never removed.
    """
    add = {key: value for key, value in want.items() if have.get(key) != value}
    remove = [key for key in before if key in have and key not in want and not _reserved(key)]
    return add, sorted(remove)


def owner(tags: Mapping[str, str]) -> str | None:
    """The custom resource that a resource belongs to by its tags, for a message; None if no tag says so."""
    if UID not in tags:
        return None
    where = f"{tags.get(NAMESPACE, '?')}/{tags.get(NAME, '?')}"
    return f"{where} (UID {tags[UID]}) in cluster {tags.get(CLUSTER, '?')}"


def _by_key(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags}


def _reserved(key: str) -> bool:
    return key.startswith(PREFIX) or key.lower().startswith("aws:")


# The same few names and UIDs are asked for in every pass.
@lru_cache(4096)
def _value(text: str) -> str:
    spelled = "".join(character if _allowed(character) else "_" for character in text)
    if spelled == text and len(text) <= _VALUE_LIMIT:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH]
    return f"{spelled[: _VALUE_LIMIT - _HASH - 1]}-{digest}"


def _allowed(character: str) -> bool:
    return character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN"
