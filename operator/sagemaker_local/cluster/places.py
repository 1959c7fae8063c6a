"""Where sagemaker-local keeps things of the user: a cache that may be deleted at any time, and the state of what runs.

Follows the XDG base directory specification (https://specifications.freedesktop.org/basedir-spec/latest/). Not here: the data
of a cluster, which lives in a directory of its own and dies with it.
"""

from collections.abc import Mapping
from pathlib import Path


def cache(environ: Mapping[str, str]) -> Path:
    """`SAGEMAKER_LOCAL_CACHE`, else below `XDG_CACHE_HOME`, else below `~/.cache`."""
    return _place(environ, "SAGEMAKER_LOCAL_CACHE", "XDG_CACHE_HOME", ".cache")


def state(environ: Mapping[str, str]) -> Path:
    """`SAGEMAKER_LOCAL_STATE`, else below `XDG_STATE_HOME`, else below `~/.local/state`."""
    return _place(environ, "SAGEMAKER_LOCAL_STATE", "XDG_STATE_HOME", ".local/state")


def _place(environ: Mapping[str, str], own: str, shared: str, fallback: str) -> Path:
    if environ.get(own):
        return Path(environ[own]).expanduser().absolute()
    # The specification: a relative path in an XDG variable is invalid and ignored.
    base = Path(environ.get(shared, ""))
    return (base if base.is_absolute() else Path.home() / fallback) / "sagemaker-local"
