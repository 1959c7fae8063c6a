"""Checkpoints: a model for every round, the last five kept, and training goes on from the newest.

Names and habits are those of sagemaker-xgboost-container (checkpointing.py): `xgboost-checkpoint.<round>`, written
beside and renamed, so that an upload never sees half a file; one that is being uploaded is not removed.
"""

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import xgboost

log = logging.getLogger(__name__)

KEPT: Final = 5
_NAME: Final = re.compile(r"xgboost-checkpoint\.(\d+)")


@dataclass(frozen=True, slots=True)
class Resumed:
    """The model to go on from and the rounds that it has had; None and 0 for a beginning."""

    model: xgboost.Booster | None = None
    rounds: int = 0


def resumed(directory: Path | None) -> Resumed:
    """The newest checkpoint that can be read."""
    for number, path in reversed(_found(directory)):
        try:
            model = loaded(path.read_bytes())
        except (xgboost.core.XGBoostError, OSError) as trouble:
            log.warning("The checkpoint %s cannot be read and is left out: %s", path, str(trouble).splitlines()[0])
            continue
        log.info("Checkpoint loaded from %s", path)
        log.info("Resuming from iteration %s", number + 1)
        return Resumed(model, number + 1)
    return Resumed()


def loaded(content: bytes) -> xgboost.Booster:
    """The model of a file that `written` made, or of any file in JSON or UBJSON form."""
    return xgboost.Booster(model_file=bytearray(content))


def written(model: Any, path: Path) -> None:
    """Keep a model in a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.sagemaker-ignore")
    try:
        beside.write_bytes(model.save_raw(raw_format="ubj"))
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes the checkpoint of a round and removes those that it replaces.

    Attributes:
        before: rounds that the training resumed from; their checkpoints stay.
    """

    directory: Path
    before: int

    def keep(self, model: Any, number: int) -> None:
        """Write the checkpoint of this round, counted from the job's first start."""
        written(model, self.directory / f"xgboost-checkpoint.{number}")
        for old, path in _found(self.directory):
            if self.before <= old <= number - KEPT and not _uploading(path):
                path.unlink(missing_ok=True)


def _found(directory: Path | None) -> list[tuple[int, Path]]:
    if directory is None or not directory.is_dir():
        return []
    named = ((_NAME.fullmatch(path.name), path) for path in directory.iterdir())
    return sorted((int(match[1]), path) for match, path in named if match)


def _uploading(path: Path) -> bool:
    begun, done = (path.with_name(f"{path.name}.sagemaker-{state}") for state in ("uploading", "uploaded"))
    return begun.exists() and not done.exists()
