"""Containers for the programs of jobs and endpoints: `Sandbox` on this machine alone, `Engine` with Docker or Podman."""

from .container import Container
from .degrees import FILES, FULL, RELOCATED
from .engine import Engine, Image
from .errors import ImageMissing, SandboxError
from .launch import erase
from .limits import Limits
from .network import Network
from .sandbox import Sandbox

__all__ = [
    "FILES",
    "FULL",
    "RELOCATED",
    "Container",
    "Engine",
    "Image",
    "ImageMissing",
    "Limits",
    "Network",
    "Sandbox",
    "SandboxError",
    "erase",
]
