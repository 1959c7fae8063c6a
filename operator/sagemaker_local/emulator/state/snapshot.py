"""One file that holds an emulated account, and how it gets there: whole or not at all.

The file is a zip archive: `state.json`, and beside it the content of each object of S3.
"""

import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from sagemaker_local.emulator.events import Events, memory
from sagemaker_local.emulator.mount import Moto
from sagemaker_local.emulator.scaling.targets import Targets
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.state import account, buckets
from sagemaker_local.emulator.state.buckets import Bucket
from sagemaker_local.emulator.state.timelines import Unreadable

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds the state of."""

    service: SageMaker
    events: Events
    moto: Moto
    targets: Targets


def save(kept: Kept, path: Path) -> None:
    """Write all that exists to a file, in place of what it held.

    Raises:
        OSError: it cannot be written; then it holds what it held before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        written = Path(file.name)
        try:
            dump(kept, file)
        except BaseException:
            written.unlink()
            raise
    written.replace(path)


def dump(kept: Kept, file: IO[bytes]) -> None:
    """Write all that exists to an open file."""
    with kept.service.lock:
        everything = {
            "format": FORMAT,
            **account.dump(kept.service),
            "events": memory.dump(kept.events),
            "scaling": kept.targets.dump(),
        }
        text = json.dumps(everything, separators=(",", ":"))
        held = list(buckets.read(kept.moto))
    _write(file, text, held)


def restore(kept: Kept, source: Path | IO[bytes]) -> None:
    """Let exist what a file holds, in place of what does. What would have happened meanwhile, happens.

    Raises:
        OSError: it cannot be read.
        Unreadable: it holds something else, or what another version wrote; then nothing changes.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            saved = json.loads(archive.read("state.json"))
            if saved.get("format") != FORMAT:
                raise Unreadable(f"its format is {saved.get('format')!r}; this version reads {FORMAT}")
            held = [_read_bucket(archive, one) for one in json.loads(archive.read("buckets.json"))]
        with kept.service.lock:
            account.load(kept.service, saved)
            memory.load(kept.events, saved["events"])
            kept.targets.load(saved.get("scaling", []))
            buckets.write(kept.moto, held)
    except (zipfile.BadZipFile, LookupError, TypeError, AttributeError, ValueError) as problem:
        about = f"{source} is" if isinstance(source, Path) else "this is"
        raise Unreadable(f"{about} not a state that this version of the emulator reads: {problem}") from None


def _write(file: IO[bytes], text: str, held: list[Bucket]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("state.json", text)
        index: list[Any] = []
        for bucket in held:
            objects: list[Any] = []
            for key, (content, metadata) in bucket.contents.items():
                name = f"objects/{len(index)}-{len(objects)}"
                archive.writestr(name, content)
                objects.append([key, name, metadata])
            index.append([bucket.account, bucket.partition, bucket.region, bucket.name, objects])
        archive.writestr("buckets.json", json.dumps(index))


def _read_bucket(archive: zipfile.ZipFile, saved: list[Any]) -> Bucket:
    where, partition, region, name, objects = saved
    contents = {key: (archive.read(file), dict(metadata)) for key, file, metadata in objects}
    return Bucket(where, partition, region, name, contents)
