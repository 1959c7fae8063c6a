"""The files of a dataset and their lines."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.reading.rejected import Kind, Tally

# SageMaker captures at most 6 MB of each of request and response; what is longer is no line of text.
_LONGEST = 32 << 20
_MARK = b"\xef\xbb\xbf"


def files_of(source: Path) -> list[Path]:
    """The file itself or all files below the directory, in the order of their names. Raises BadTask if there is neither."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise BadTask(f"dataset_source {source} does not exist")
    return sorted(path for path in source.rglob("*") if path.is_file() and not path.name.startswith("."))


def lines_of(path: Path, tally: Tally) -> Iterator[bytes]:
    """The lines of a file with their ends, without empty ones and without a byte order mark."""
    try:
        with path.open("rb") as file:
            first = True
            while line := file.readline(_LONGEST):
                if len(line) == _LONGEST and not line.endswith(b"\n"):
                    tally.add(Kind.UNREADABLE_FILE, str(path), f"a line is longer than {_LONGEST} bytes")
                    return
                if first:
                    line, first = line.removeprefix(_MARK), False
                if line.strip():
                    yield line
    except OSError as error:
        tally.add(Kind.UNREADABLE_FILE, str(path), str(error))


def json_of(line: bytes, path: Path, tally: Tally) -> object:
    """What a line of JSON says; None, and counted, if it is none."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            line.decode()
        except UnicodeDecodeError as reason:
            # The end of a line that was cut off may be within a letter.
            cut = not line.endswith(b"\n") and reason.end >= len(line)
            tally.add(Kind.TRUNCATED if cut else Kind.NOT_UTF8, str(path), str(reason))
            return None
        kind = Kind.NOT_JSON if line.endswith(b"\n") else Kind.TRUNCATED
        tally.add(kind, str(path), f"{error}: {line[:80].decode(errors='replace')}")
        return None
