"""The user's code: fetched from S3 or found in the model, unpacked, and its requirements installed beside the environment.

The environment is shared by all jobs. Where the container has a layer of its own above it, pip writes into that layer; elsewhere
into a directory of this process.
"""

import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sagemaker_stand_ins.training.job import base_directory

_OPT_ML: Final = "/opt/ml"
_LINES: Final = 8
_log = logging.getLogger(__name__)


class NoSource(Exception):
    """The user's code is not there, or cannot be unpacked; the message says what and where."""


class Unmet(Exception):
    """What the code requires cannot be installed; the message has pip's last lines."""


def submitted(uri: str, into: Path) -> Path:
    """The directory with the code that a `sagemaker_submit_directory` names.

    Args:
        uri: of an archive in S3, or the path of an archive or of a directory, below /opt/ml wherever that is.
        into: where an archive is unpacked; as in AWS's toolkit nothing is done if something is there already.

    Raises:
        NoSource: if there is nothing, or it is no archive.
    """
    if uri.startswith("s3://"):
        if not _empty(into):
            _log.info("%s is not empty: the code in it is taken", into)
            return into
        with tempfile.TemporaryDirectory() as directory:
            archive = Path(directory) / "sourcedir.tar.gz"
            _download(uri, archive)
            return _unpacked(archive, uri, into)
    path = _here(uri.removeprefix("file://"))
    if path.is_dir():
        return path
    if not path.exists():
        raise NoSource(f"the code is to be in {uri}, and there is nothing")
    return _unpacked(path, uri, into)


def require(code: Path) -> None:
    """Install the `requirements.txt` of the code, if it has one, so that this process and its children find it.

    Raises:
        Unmet: if pip fails.
    """
    if not (code / "requirements.txt").is_file():
        return
    _log.info("Installing dependencies from requirements.txt")
    aside()
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
    ]
    with subprocess.Popen(  # noqa: S603 pip of this environment
        [*command, "-r", "requirements.txt"], cwd=code, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        last = _echoed(process.stdout)
    if process.returncode:
        raise Unmet("requirements.txt cannot be installed:\n" + "\n".join(last))


def aside() -> None:
    """Let pip install into a directory of this process, unless the environment is this container's own to change."""
    if "PIP_TARGET" in os.environ or _layered():
        return
    packages = tempfile.mkdtemp(prefix="packages-")
    os.environ["PIP_TARGET"] = packages
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{packages}:{known}" if known else packages
    sys.path.insert(0, packages)


def compatible() -> None:
    """Let this process and its children find packages of AWS's images, after everything that is installed."""
    place = str(Path(__file__).parent / "compatible")
    if place not in sys.path:
        sys.path.append(place)
        known = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = f"{known}:{place}" if known else place


def _layered() -> bool:
    """Whether a file system of layers is mounted on the environment."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return False
    place = str(Path(sys.prefix).resolve())
    # The fifth field is the mount point; what stands after " - " begins with the type (proc_pid_mountinfo(5)).
    return any(line.split()[4] == place and " - overlay " in line for line in mounts)


def _here(path: str) -> Path:
    """A path of the container as it is for this process, whose /opt/ml may be elsewhere."""
    if path == _OPT_ML or path.startswith(f"{_OPT_ML}/"):
        return base_directory() / path[len(_OPT_ML) :].lstrip("/")
    return Path(path)


def _empty(directory: Path) -> bool:
    return not directory.is_dir() or not any(directory.iterdir())


def _download(uri: str, file: Path) -> None:
    import boto3  # noqa: PLC0415 code that is in the model needs no S3
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    parts = urlsplit(uri)
    # The emulated S3 knows buckets by path: a name such as bucket.127.0.0.1 cannot be resolved.
    client = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    try:
        client.download_file(parts.netloc, parts.path.lstrip("/"), str(file))
    except (BotoCoreError, ClientError) as error:
        raise NoSource(f"the code cannot be read from {uri}: {error}") from None


def _unpacked(archive: Path, uri: str, into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            # Refuses paths and links that climb out of the directory, and devices.
            tar.extractall(into, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        shutil.rmtree(into, ignore_errors=True)
        raise NoSource(f"{uri} cannot be unpacked: {error}") from None
    return into


def _echoed(lines: Iterable[str]) -> list[str]:
    """Print lines as they come; the last of them."""
    last: list[str] = []
    for line in lines:
        print(line, end="", flush=True)  # noqa: T201 the container's log
        last = [*last, line.rstrip()][-_LINES:]
    return last
