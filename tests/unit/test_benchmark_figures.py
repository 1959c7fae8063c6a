"""What a benchmark says and how it ends, when its figures are within their bounds and when they are not."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that reports; benchmarks are scripts, and their modules are found beside them."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("figures")


def test_figures_within_their_bounds_are_printed_and_written(
    figures: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [figures.Figure("speed", 8.0, peer=1.0, least=8.0), figures.Figure("MB", 150.0, most=150.0)]

    figures.report(found, peer="moto", file=tmp_path / "found.json", calls={"Create": 3})

    assert "MISSED" not in capsys.readouterr().out
    written = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert written["figures"] == [
        {"name": "speed", "measured": 8.0, "peer": 1.0, "least": 8.0},
        {"name": "MB", "measured": 150.0, "most": 150.0},
    ]
    assert written["calls"] == {"Create": 3}


@pytest.mark.parametrize(
    ("measured", "bounds"),
    [(7.9, {"least": 8.0}), (150.1, {"most": 150.0}), (float("nan"), {"most": 150.0}), (float("nan"), {"least": 1.0})],
)
def test_a_figure_that_misses_its_bound_is_marked_and_fails_the_benchmark(
    figures: ModuleType, capsys: pytest.CaptureFixture[str], measured: float, bounds: dict[str, float]
) -> None:
    found = [figures.Figure("good", 1.0, least=1.0), figures.Figure("bad", measured, **bounds)]

    with pytest.raises(SystemExit, match="1 of 2 figures miss what they are to reach: bad is "):
        figures.report(found)

    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows if row.endswith("MISSED")] == ["bad"]
