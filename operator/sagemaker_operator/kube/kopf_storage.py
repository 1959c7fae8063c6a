"""Keeps kopf from writing to our objects and from copying them.

kopf remembers in annotations what it handled last. We compare generations instead, so two storages that hold nothing save two
annotations per object, several deep copies per event, and a write for each object at every start.
"""

from typing import Any

from .light_kopf import kopf


class NoDiffBase(kopf.DiffBaseStorage):
    """There is no last-handled configuration."""

    def build(self, **_: Any) -> Any:
        """Nothing of an object is worth remembering."""
        return {}

    def fetch(self, **_: Any) -> None:
        """Nothing was remembered."""

    def store(self, **_: Any) -> None:
        """Nothing is remembered."""


class NoProgress(kopf.ProgressStorage):
    """There are no handlers whose progress could be kept."""

    def fetch(self, **_: Any) -> None:
        """No handler was under way."""

    def store(self, **_: Any) -> None:
        """No handler is under way."""

    def purge(self, **_: Any) -> None:
        """There is nothing to remove."""

    def touch(self, **_: Any) -> None:
        """No object is touched."""

    def clear(self, *, essence: Any) -> Any:
        """There is nothing of ours in an object."""
        return essence
