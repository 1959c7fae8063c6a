"""What the page of a kind tells beyond its fields."""

from pathlib import Path

import pytest

from sagemaker_operator.generate import pages
from sagemaker_operator.kinds import KINDS

ROOT = Path(__file__).parents[3]


def section(kind: str, title: str) -> str:
    """One section of a kind's page."""
    page = pages.page(ROOT, KINDS[kind])
    return page.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_a_closed_service_is_marked_on_its_page_and_in_the_list() -> None:
    closed = KINDS["MonitoringSchedule"]
    assert closed.closed

    assert closed.closed in pages.page(ROOT, closed)
    assert "[MonitoringSchedule](monitoringschedule.md) (closed) |" in pages.index((closed,))
    assert "(closed)" not in pages.index((KINDS["Model"],))


def test_fields_that_stay_as_they_are_within_others_are_named() -> None:
    assert "any other and of `gitConfig.branch`, `gitConfig.repositoryURL`:" in section("CodeRepository", "Changes")


def test_what_is_stopped_to_be_changed_or_deleted_is_told() -> None:
    assert "It is stopped to be changed, and started again" in section("NotebookInstance", "Changes")
    assert "What runs is stopped before it is deleted." in section("NotebookInstance", "Deletion")
    assert "is stopped" not in section("Endpoint", "Changes") + section("Endpoint", "Deletion")


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("TrainingJob", {"Ready", "Reconciling", "Stalled", "Succeeded"}),
        ("Model", {"Ready", "Reconciling", "Stalled", "Suspended"}),
        (
            "Endpoint",
            {
                *("Ready", "Reconciling", "Stalled", "Suspended", "Drifted", "RolledBack"),
                *("DataCaptureReady", "SystemUpdating", "OutOfService", "UpdateRollbackFailed"),
            },
        ),
    ],
)
def test_each_condition_that_a_kind_can_have_is_explained(kind: str, there: set[str]) -> None:
    explained = f"\n{section(kind, 'Conditions').strip()}".split("\n- ")[1:]

    assert {line.split("`")[1] for line in explained} == there


def test_what_is_described_in_place_is_explained_on_its_own_page() -> None:
    page = pages.page(ROOT, KINDS["Endpoint"])

    assert "`productionVariants[].model.primaryContainer`" not in page
    assert "Its fields are those of a [Model](model.md)." in page
    assert "`productionVariants[].initialInstanceCount`" in page


def test_only_operations_that_are_called_are_named() -> None:
    page = pages.page(ROOT, KINDS["InferenceExperiment"])

    assert "`StartInferenceExperiment`" not in page
    assert "`ListTrials`" in pages.page(ROOT, KINDS["TrialComponent"])
