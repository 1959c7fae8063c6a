"""The emulator's page lists what is guessed, and every text carries its evidence."""

from pathlib import Path

from sagemaker_local.emulator.evidence import refusals, renew, section, timelines

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"


def test_the_page_lists_what_is_covered_and_what_is_guessed() -> None:
    assert renew(PAGE.read_text()) == PAGE.read_text(), (
        "run: python -m sagemaker_local.emulator.evidence docs/emulator.md"
    )


def test_every_text_and_timeline_says_where_it_was_seen() -> None:
    assert len(refusals()) > 40
    assert all(refusal.evidence for refusal in refusals().values())
    assert all(timeline.evidence for _, timeline in timelines())


def test_guessed_texts_are_listed_and_known_ones_are_not() -> None:
    listed = section()

    assert "Invalid NextToken." in listed
    assert "Requested resource not found." not in listed
