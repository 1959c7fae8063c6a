"""The training job as its container sees it: configuration files, channels and the places where results belong.

The layout is that of "How Amazon SageMaker AI runs your training image" in the Developer Guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html). Where /opt/ml
cannot be had, the variable SAGEMAKER_BASE_DIR says what stands for it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

_OPT_ML: Final = "/opt/ml"


@dataclass(frozen=True, slots=True)
class Channel:
    """One input channel; `path` is its directory, and in Pipe mode the beginning of its FIFOs' names.

    Attributes:
        config: what `inputdataconfig.json` says of it, as it stands there.
    """

    name: str
    path: Path
    config: Mapping[str, Any]

    @property
    def content_type(self) -> str | None:
        """The MIME type that the user gave; None if none was given."""
        return self.config.get("ContentType") or None

    @property
    def piped(self) -> bool:
        """Whether the data comes through FIFOs."""
        return self.config.get("TrainingInputMode") == "Pipe"

    @property
    def fifo(self) -> Path:
        """The FIFO of the first epoch."""
        return self.path.with_name(f"{self.path.name}_0")


@dataclass(frozen=True, slots=True)
class Job:
    """What one container knows of its job. Hyperparameters are strings, as SageMaker hands them over."""

    base: Path
    hyperparameters: Mapping[str, str]
    channels: Mapping[str, Channel]
    hosts: tuple[str, ...]
    current_host: str
    checkpoints: Path | None

    @classmethod
    def read(cls, base: Path) -> Self:
        """The job whose /opt/ml is this directory.

        Raises:
            OSError: a configuration file cannot be read.
            ValueError: a configuration file is no JSON.
        """
        config = base / "input" / "config"
        inputs = _loaded(config / "inputdataconfig.json")
        resources = _loaded(config / "resourceconfig.json")
        current = resources.get("current_host", "algo-1")
        return cls(
            base=base,
            hyperparameters={name: str(value) for name, value in _loaded(config / "hyperparameters.json").items()},
            channels={name: Channel(name, base / "input" / "data" / name, said) for name, said in inputs.items()},
            hosts=tuple(resources.get("hosts") or (current,)),
            current_host=current,
            checkpoints=_checkpoints(base, _loaded(config / "checkpointconfig.json")),
        )

    @property
    def model(self) -> Path:
        """The directory whose content becomes model.tar.gz."""
        return self.base / "model"

    @property
    def failure(self) -> Path:
        """The file whose text becomes the FailureReason."""
        return self.base / "output" / "failure"


def base_directory() -> Path:
    """What /opt/ml is for this process."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR") or _OPT_ML)


def _loaded(path: Path) -> dict[str, Any]:
    """The content of a configuration file; empty if there is no such file, as for a job without channels."""
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text("utf-8") or "{}")
    return content


def _checkpoints(base: Path, config: Mapping[str, Any]) -> Path | None:
    """Where checkpoints are kept, if the job has a CheckpointConfig."""
    local = str(config.get("LocalPath") or "")
    if local == _OPT_ML or local.startswith(f"{_OPT_ML}/"):
        return base / local.removeprefix(_OPT_ML).lstrip("/")
    return Path(local) if local else None
