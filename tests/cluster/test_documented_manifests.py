"""Manifests in the documentation: what people copy is what the API server takes."""

import re
from pathlib import Path

import pytest
from tests.cluster.strict import refusals
from tests.cluster.user import QUICKLY

from sagemaker_local.cluster import Cluster

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```yaml\n(apiVersion: sagemaker-operator\.dev/.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [page for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")) if BLOCK.search(page.read_text())]


@pytest.mark.usefixtures("crds")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_manifests_of_a_page_are_taken(cluster: Cluster, page: Path) -> None:
    manifests = "---\n".join(BLOCK.findall(page.read_text()))

    done = cluster.kubectl("apply", *QUICKLY, "--dry-run=server", "-f", "-", input=manifests, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert refusals(cluster, manifests) == []


def test_the_readme_shows_a_training_job_in_at_most_20_lines() -> None:
    found = BLOCK.search((ROOT / "README.md").read_text())

    assert found is not None
    assert "kind: TrainingJob" in found[1]
    assert len(found[1].splitlines()) <= 20
