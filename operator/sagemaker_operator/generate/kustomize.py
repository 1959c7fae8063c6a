"""Kustomizations, so that the generated files can be applied and patched as a whole."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from sagemaker_operator.model.schema import Schema


def of(paths: Iterable[str]) -> Schema:
    """A kustomization of files in its own directory."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [PurePosixPath(path).name for path in paths],
    }
