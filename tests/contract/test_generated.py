"""Generated files are what the kinds table says, and stay so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.generate import composites, files, pages
from sagemaker_operator.kinds import KINDS, Kind

ROOT = Path(__file__).parents[2]


def generate(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sagemaker_operator.generate", *arguments]
    return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for part in ("pyproject.toml", "crds", "manifests", "docs", "examples"):
        source = ROOT / part
        shutil.copytree(source, tmp_path / part) if source.is_dir() else shutil.copy(source, tmp_path / part)
    return tmp_path


def test_what_is_committed_is_what_is_generated() -> None:
    done = generate("--check", at=ROOT)

    assert (done.returncode, done.stdout) == (0, "")


def test_stale_missing_and_left_over_files_are_named(checkout: Path) -> None:
    (checkout / "crds/endpoints.yaml").write_text("edited by hand")
    (checkout / "manifests/iam-policy.json").unlink()
    (checkout / "crds/unicorns.yaml").write_text("of a kind that is gone")

    done = generate("--check", at=checkout)

    assert done.returncode == 1
    assert sorted(done.stdout.splitlines()) == [
        "stale: crds/endpoints.yaml",
        "stale: crds/unicorns.yaml",
        "stale: manifests/iam-policy.json",
    ]
    assert "make generate" in done.stderr


def test_generating_brings_everything_up_to_date(checkout: Path) -> None:
    (checkout / "crds/endpoints.yaml").write_text("edited by hand")
    (checkout / "crds/unicorns.yaml").write_text("of a kind that is gone")

    generate(at=checkout)

    assert generate("--check", at=checkout).returncode == 0
    assert not (checkout / "crds/unicorns.yaml").exists()


def test_outside_a_checkout_it_says_where_to_run_it(tmp_path: Path) -> None:
    done = generate(at=tmp_path)

    assert done.returncode == 2
    assert "run this in the directory that holds pyproject.toml" in done.stderr


def test_it_writes_the_same_bytes_every_time() -> None:
    assert files.generated(ROOT) == files.generated(ROOT)


def test_the_page_of_a_composite_shows_its_example_and_leaves_its_template_to_the_page_of_its_children() -> None:
    page = composites.page(ROOT, COMPOSITES["CronTrainingJob"])

    assert "kind: CronTrainingJob\n" in page
    for section in ("## Runs", "## Deletion", "## Conditions", "## Spec", "## Status"):
        assert section in page
    assert "| `jobTemplate.spec` * | object |" in page
    assert "`jobTemplate.spec.roleARN`" not in page
    assert "(trainingjob.md)" in page


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_page_starts_with_an_example_and_names_every_field(kind: Kind) -> None:
    page = pages.page(ROOT, kind)

    assert f"kind: {kind.name}\n" in page
    for section in ("## Changes", "## Deletion", "## Conditions", "## Spec", "## Status"):
        assert section in page
    assert f"| `{kind.identity_field}` |" in page
    assert ("## References" in page) == bool(kind.references)
