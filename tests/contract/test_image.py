"""The image: linted, made of pinned parts, and its steps run without a container engine."""

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def pins(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """The version and hashes of each pinned package of a requirements file."""
    found = {}
    for block in re.split(r"\n(?=\S)", path.read_text().replace("\\\n", " ")):
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", block):
            found[match[1].lower()] = (match[2], frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block)))
    return found


def needed(distribution: str, seen: set[str]) -> set[str]:
    """The names of everything that a distribution needs on this platform, without extras."""
    if distribution in seen:
        return seen
    seen.add(distribution)
    for line in requires(distribution) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed(requirement.name.lower().replace("_", "-"), seen)
    return seen


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).parent / "hadolint"

    done = subprocess.run([program, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_the_image_installs_the_versions_that_are_tested(name: str) -> None:
    everything = pins(ROOT / "constraints.txt")
    parts = pins(ROOT / "requirements" / f"{name}.txt")

    assert parts
    for package, (version, hashes) in parts.items():
        assert everything[package][0] == version, package
        assert hashes, package
        assert hashes <= everything[package][1], package


def test_the_image_installs_all_that_the_operator_needs_and_nothing_of_the_emulator() -> None:
    parts = set(pins(ROOT / "requirements" / "runtime.txt"))

    assert needed("sagemaker-operator", set()) - {"sagemaker-operator"} <= parts
    assert not parts & {"moto", "numpy", "scikit-learn", "rich", "pytest", "cryptography"}


def test_the_build_sees_what_the_dockerfile_copies() -> None:
    copied = {word for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", DOCKERFILE) for word in line.split()[:-1]}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert copied == let_through


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]

    assert "\nUSER 65532:65532\n" in last
    assert '\nENTRYPOINT ["sagemaker-operator"]\nCMD ["run"]\n' in last


def test_the_steps_of_the_image_make_an_operator_that_starts() -> None:
    command = [sys.executable, str(ROOT / "tools" / "image_steps.py")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "sagemaker-operator, version " in done.stdout
    assert "Run the operator until SIGTERM or SIGINT." in done.stdout
