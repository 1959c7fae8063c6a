"""A real browser for the tests, for any user on a machine where none is installed.

Playwright fetches its browsers from hosts of its own, and a system's package needs root. The package @sparticuz/chromium has all
of Chromium within it, with the libraries that it needs beside the C library's. It is put into the user's cache once, pinned by
package-lock.json, with the Node.js that the tests' dependencies bring; nothing is asked of the network afterwards.

It is built for Linux on x86-64. On another machine, CHROMIUM in the environment has to name the program of an installed one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
_FORMAT: Final = "1"  # Another number makes it anew.
_UNPACK: Final = 'import("@sparticuz/chromium").then((found) => found.default.executablePath())'
# The package unpacks its libraries only where it believes to be on a machine of AWS Lambda.
_LAMBDA: Final = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{0}/unpacked/fonts</dir><cachedir>{0}/fonts-cache</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser that is ready, and axe, which tells what of a page is not accessible: https://github.com/dequelabs/axe-core."""

    directory: Path

    @property
    def program(self) -> Path:
        """What Playwright starts."""
        if installed := os.environ.get("CHROMIUM"):
            return Path(installed)
        if (sys.platform, os.uname().machine) != ("linux", "x86_64"):
            raise RuntimeError("there is no Chromium for this machine; set CHROMIUM to the path of an installed one")
        return self.directory / "unpacked/chromium"

    @property
    def environ(self) -> dict[str, str]:
        """Its own libraries and fonts, so that a page looks the same on every machine."""
        if "CHROMIUM" in os.environ:
            return dict(os.environ)
        return {
            **os.environ,
            "LD_LIBRARY_PATH": str(self.directory / "unpacked/al2023/lib"),
            "FONTCONFIG_FILE": str(self.directory / "fonts.conf"),
        }

    @property
    def axe(self) -> str:
        return (self.directory / "axe.min.js").read_text(encoding="utf-8")


def chromium(cache: Path) -> Chromium:
    """The browser in the cache, put there now if it is not yet; who comes while that is done waits for it."""
    pinned = (HERE / "package-lock.json").read_bytes()
    place = cache / "browsers" / hashlib.sha256(_FORMAT.encode() + pinned).hexdigest()[:12]
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / ".ready").exists():
            shutil.rmtree(place, ignore_errors=True)
            _make(place)
            (place / ".ready").touch()
    return Chromium(place)


def _make(place: Path) -> None:
    (place / "unpacked").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, place)
    own = Path(sys.executable).parent
    environ = {**os.environ, **_LAMBDA, "TMPDIR": str(place / "unpacked")}
    environ["PATH"] = os.pathsep.join((str(own), environ.get("PATH", os.defpath)))
    install = [str(own / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    for command in (install, [str(own / "node"), "--eval", _UNPACK]):
        done = subprocess.run(command, cwd=place, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"no browser: {' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    shutil.copy(place / "node_modules/axe-core/axe.min.js", place)
    (place / "fonts.conf").write_text(_FONTS.format(place), encoding="utf-8")
    shutil.rmtree(place / "node_modules")
