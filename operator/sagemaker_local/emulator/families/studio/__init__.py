"""Notebook instances and Studio: domains, user profiles, spaces, apps, images."""

from typing import Final

from sagemaker_local.emulator.family import Family

FAMILIES: Final[tuple[Family, ...]] = ()
