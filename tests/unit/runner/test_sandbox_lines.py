"""How output becomes lines, and what a container's hosts file says."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.runner.sandbox.pump import LONGEST, Lines
from sagemaker_local.runner.sandbox.relocation import relocated
from sagemaker_local.runner.sandbox.sandbox import hosts_file


def lines_of(chunks: Sequence[bytes]) -> list[str]:
    found: list[str] = []
    lines = Lines(found.append)
    for chunk in chunks:
        lines.feed(chunk)
    lines.end()
    return found


@given(st.lists(st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"\r\n", "é\n".encode(), b"\xe2\x82"]))))
def test_lines_are_the_same_however_the_output_arrives(chunks: list[bytes]) -> None:
    assert lines_of(chunks) == lines_of([b"".join(chunks)])


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")))
def test_no_text_is_lost(text: str) -> None:
    assert "\n".join(lines_of([text.encode()])) == text.removesuffix("\n")


def test_a_line_that_is_too_long_becomes_several() -> None:
    assert [len(line) for line in lines_of([b"x" * (2 * LONGEST + 5), b"\nend"])] == [LONGEST, LONGEST, 5, 3]


def test_a_name_that_is_given_takes_the_place_of_the_machines() -> None:
    entries = [line.split() for line in hosts_file({"localhost": "127.0.0.9", "algo-1": "127.77.1.1"}).splitlines()]

    assert [entry[0] for entry in entries if "localhost" in entry[1:]] == ["127.0.0.9"]
    assert ["127.77.1.1", "algo-1"] in entries


@given(st.text())
def test_only_opt_ml_itself_is_relocated(text: str) -> None:
    moved = relocated(f"{text}:/opt/ml/model:/opt/mlflow:/opt/ml-data:/opt/ml", Path("/jobs/1/ml"))

    assert moved.endswith(":/jobs/1/ml/model:/opt/mlflow:/opt/ml-data:/jobs/1/ml")
