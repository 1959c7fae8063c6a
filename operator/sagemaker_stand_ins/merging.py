"""The merger of ground truth: `python …/sagemaker_stand_ins sagemaker_stand_ins.merging`, in the place of Model Monitor's image.

It joins captured requests with the truth about them, by the inference id of a request or else by the id of its event, and writes
what has both, in the folders in which it was captured. What is merged and what it then looks like:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html. Not here: what is made of it.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_LOG: Final = logging.getLogger(__name__)
_MERGED: Final = "merged.jsonl"


def main() -> None:
    """Run once; the exit code is 1, and the exit message says why, if something that is needed is not there."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    message = base / "output" / "message"
    message.parent.mkdir(parents=True, exist_ok=True)
    try:
        source, truth, target = (
            Path(os.environ[name]) for name in ("dataset_source", "ground_truth_source", "output_path")
        )
    except KeyError as missing:
        message.write_text(f"Error: the variable {missing.args[0]} is not set", encoding="utf-8")
        sys.exit(1)
    merged = merge(source, truth, target)
    _LOG.info("%d records have a truth", merged)
    message.write_text("Completed: Job completed successfully.", encoding="utf-8")


def merge(source: Path, truth: Path, target: Path) -> int:
    """Join all below two directories into a third one; returns how many records have both.

    Each folder of captured files gets one file, which is empty if there is no truth about anything in it. Of several truths with
    one id the last one counts.
    """
    known = {}
    for line in _lines(truth):
        if "groundTruthData" in line and _identity(line) is not None:
            known[_identity(line)] = line["groundTruthData"]
    _LOG.info("%d truths", len(known))
    count = 0
    for folder in sorted({file.parent for file in _files(source)}):
        file = target / folder.relative_to(source) / _MERGED
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8") as written:
            for line in _lines(folder, deep=False):
                found = known.get(_identity(line)) if "captureData" in line else None
                if found is not None:
                    written.write(json.dumps({**line, "groundTruthData": found}, separators=(",", ":")) + "\n")
                    count += 1
    return count


def _identity(line: Mapping[str, Any]) -> str | None:
    """The id of a record: that of the inference if its caller gave one."""
    about = line.get("eventMetadata")
    found = (about.get("inferenceId") or about.get("eventId")) if isinstance(about, dict) else None
    return found if isinstance(found, str) else None


def _files(directory: Path, *, deep: bool = True) -> list[Path]:
    return sorted(file for file in (directory.rglob("*") if deep else directory.glob("*")) if file.is_file())


def _lines(directory: Path, *, deep: bool = True) -> Iterator[dict[str, Any]]:
    """The objects in JSON lines; what is none is passed over, and counted in the log."""
    for file in _files(directory, deep=deep):
        rejected = 0
        for line in file.read_bytes().split(b"\n"):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                yield found
            elif line.strip():
                rejected += 1
        if rejected:
            _LOG.warning("%s: %d lines are no records", file, rejected)


if __name__ == "__main__":
    main()
