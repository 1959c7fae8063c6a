"""Containers for the programs of jobs and endpoints: `Sandbox` on this machine alone, `Engine` with Docker or Podman."""

from .container import Container
from .errors import ImageMissing, SandboxError
from .limits import Limits
from .sandbox import FILES, FULL, RELOCATED, Sandbox, addresses, erase

__all__ = [
    "FILES",
    "FULL",
    "RELOCATED",
    "Container",
    "ImageMissing",
    "Limits",
    "Sandbox",
    "SandboxError",
    "addresses",
    "erase",
]
