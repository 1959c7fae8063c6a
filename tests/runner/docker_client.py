"""Stands for Docker's client in tests: writes down what it is asked, and runs the commands of containers as processes.

It is copied to a directory on PATH with a first line that names the interpreter. The directory's files say what it does:
`images` has the names of the images that are there, `registry` those that can be pulled, `down` makes every answer a failure.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent


def has(file: str, image: str) -> bool:
    """Whether a file of the directory lists an image."""
    path = HOME / file
    return path.exists() and image in path.read_text(encoding="utf-8").split()


def option(arguments: list[str], name: str) -> str:
    """The value of an option, or an empty text."""
    return next((one.partition("=")[2] for one in arguments if one.startswith(f"--{name}=")), "")


def run(arguments: list[str]) -> int:
    """A container: its image's entry point is `image-entry`, which prints its arguments."""
    first = next(number for number, one in enumerate(arguments) if not one.startswith("--"))
    options, (image, *words) = arguments[:first], arguments[first:]
    if not has("images", image):
        print(f"docker: Error response from daemon: No such image: {image}", file=sys.stderr)
        return 125
    entry = option(options, "entrypoint")
    ml = next(one for one in options if one.endswith(":/opt/ml")).split("=")[1].removesuffix(":/opt/ml")
    given = [one.removeprefix("--env=") for one in options if one.startswith("--env=")]
    env = {name: value if sign else os.environ[name] for name, sign, value in (one.partition("=") for one in given)}
    words = [word.replace("/opt/ml", ml) for word in ([entry, *words] if entry else ["echo", "entry point:", *words])]
    process = subprocess.Popen(words, env={"PATH": os.environ["PATH"], **env}, start_new_session=True)
    (HOME / f"container-{option(options, 'name')}").write_text(str(process.pid), encoding="utf-8")
    code = process.wait()
    return 128 - code if code < 0 else code


def end(name: str, number: int) -> int:
    """Sends a signal to a container."""
    file = HOME / f"container-{name}"
    if not file.exists():
        return 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(file.read_text(encoding="utf-8")), number)
    return 0


def main(words: list[str]) -> int:
    """One command."""
    with (HOME / "asked.jsonl").open("a", encoding="utf-8") as asked:
        asked.write(json.dumps(words) + "\n")
    if (HOME / "down").exists():
        return 1
    match words:
        case ["run", *arguments]:
            return run(arguments)
        case ["image", "inspect", image]:
            return 0 if has("images", image) else 1
        case ["pull", image] if has("registry", image):
            print("Status: Downloaded newer image")
            with (HOME / "images").open("a", encoding="utf-8") as images:
                images.write(f"\n{image}")
        case ["pull", image]:
            print(f"Error response from daemon: pull access denied for {image}", file=sys.stderr)
            return 1
        case ["stop", "-t", _, name]:
            return end(name, signal.SIGTERM)
        case ["inspect", _, name]:
            print("true" if (HOME / "out-of-memory").exists() else "false")
        case ["rm", "--force", name]:
            end(name, signal.SIGKILL)
            (HOME / f"container-{name}").unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
