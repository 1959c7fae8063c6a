"""sagemaker_containers.entry_point: that of the toolkit that came after it, where it is installed."""

from typing import Any


def __getattr__(name: str) -> Any:
    from sagemaker_training import entry_point  # noqa: PLC0415 many scripts import this module and never use it

    return getattr(entry_point, name)
