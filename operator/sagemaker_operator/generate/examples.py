"""The example of each kind: ``examples/kinds/<kind>.yaml``, shown on its page and applied by the tests.

An example is valid and short enough to read. Where it names other objects, it waits for them; the stacks in ``examples/stacks``
show whole families together.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sagemaker_operator.kinds import GROUP, VERSION, AnyKind
from sagemaker_operator.model.schema import Schema

FOLDER = "examples/kinds"


def text(root: Path, kind: AnyKind) -> str:
    """The example of a kind as it stands in the checkout.

    Raises:
        FileNotFoundError: if the kind has none; every kind has to.
    """
    return (root / FOLDER / f"{kind.name.lower()}.yaml").read_text(encoding="utf-8")


def example(root: Path, kind: AnyKind) -> Schema:
    """The example as a manifest, which the caller may change.

    Raises:
        ValueError: if it is of another kind or version.
    """
    manifest: Schema = deepcopy(_parsed(text(root, kind)))
    if (manifest.get("apiVersion"), manifest.get("kind")) != (f"{GROUP}/{VERSION}", kind.name):
        raise ValueError(f"{FOLDER}/{kind.name.lower()}.yaml does not hold a {kind.name} of {GROUP}/{VERSION}")
    return manifest


@cache
def _parsed(written: str) -> Any:
    """What a text says; to read YAML takes far longer than to copy what it says."""
    return yaml.safe_load(written)
