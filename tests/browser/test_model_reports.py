"""The reports of a model's quality, bias and attributions, in a real browser."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import served, summed
from tests.browser.chromium import Chromium
from tests.browser.conftest import Open, Visit
from tests.browser.jobs import Job

QUALITY = {
    "analysis_type": "MODEL_QUALITY",
    "problem_type": "BinaryClassification",
    "inference_attribute": "given",
    "probability_attribute": "score",
    "ground_truth_attribute": "truth",
}
BIAS: dict[str, Any] = {
    "headers": ["old", "truth", "given"],
    "label": "truth",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "old", "value_or_threshold": [1]}],
}
SHAP: dict[str, Any] = {
    "headers": ["age", "bmi"],
    "methods": {"shap": {"baseline": [[0, 0]], "num_samples": 20, "agg_method": "mean_abs"}},
}


def answers(count: int, *, sure: float) -> list[dict[str, Any]]:
    """What a model said, and the truth; the surer it is, the more often it is right."""
    chance = np.random.default_rng(11)
    truth = chance.integers(0, 2, count)
    score = np.clip(0.5 + (truth - 0.5) * sure + chance.normal(0, 0.25, count), 0, 1)
    return [
        {"given": int(p > 0.5), "score": round(float(p), 3), "truth": int(t)} for p, t in zip(score, truth, strict=True)
    ]


def treated(count: int, *, unequally: float) -> list[dict[str, int]]:
    chance = np.random.default_rng(13)
    old, truth = chance.integers(0, 2, count), chance.integers(0, 2, count)
    given = chance.random(count) < 0.6 - unequally * old
    return [{"old": int(o), "truth": int(t), "given": int(g)} for o, t, g in zip(old, truth, given, strict=True)]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def config(job: Job, content: dict[str, Any]) -> str:
    path = job.root / "analysis_config.json"
    path.write_text(json.dumps(content))
    return str(path)


def flawless(seen: Visit, programs: Chromium) -> None:
    """Nothing was asked of the network, nothing went wrong, and nobody is kept out."""
    assert len(seen.asked) == 1
    assert seen.said == []
    seen.run("document.querySelectorAll('details').forEach(part => { part.open = true })")
    seen.run(programs.axe)
    assert [each["id"] for each in seen.run("axe.run()")["violations"]] == []


def test_a_model_that_got_worse_is_told_by_metrics_curves_and_labels(visit: Open, job: Job, programs: Chromium) -> None:
    job.run("baseline", answers(800, sure=1.0), **QUALITY)
    summary = json.loads((job.root / "baseline/out/summary.json").read_text())

    report = job.run(
        "worse",
        answers(600, sure=0.4),
        baseline_constraints=str(job.root / "baseline/out"),
        history_source=str(job.root / "baseline/out"),
        **QUALITY,
    )

    seen = visit(report)
    assert "violations in 600 records" in seen.texts("h1")[0]
    assert seen.texts("h2") == ["Violations", "Quality of the model", "Over time"]
    assert seen.texts("#quality figcaption") == ["ROC curve", "Precision and recall"]
    assert "! f2" in seen.texts("#quality tr.marked th")
    counts = [row.split("\t") for row in seen.texts("#quality .tables > :last-child tbody tr")]
    assert sum(int(cell) for row in counts for cell in row[1:]) == 600
    recall = seen.run("[...document.querySelectorAll('#history figure:nth-child(2) title')].map(t => t.textContent)")
    first = next(iter(summary["metrics"].values()))
    assert recall[0].endswith(f": {first:.4g}")
    assert recall[1].startswith("this run: ")
    flawless(seen, programs)


def test_a_model_that_treats_people_unequally_is_told_by_facet_and_metric(
    visit: Open, job: Job, programs: Chromium
) -> None:
    environment = {"analysis_type": "MODEL_BIAS", "analysis_config": config(job, BIAS), "inference_attribute": "given"}
    job.run("baseline", treated(1500, unequally=0.0), **environment)

    report = job.run(
        "unequal", treated(1500, unequally=0.4), baseline_constraints=str(job.root / "baseline/out"), **environment
    )

    seen = visit(report)
    assert seen.texts("h2") == ["Violations", "Bias"]
    assert seen.texts("#bias figcaption")[1].strip() == "! old 1, of the predictions"
    assert "The favourable outcome is truth = 1." in seen.texts("#bias p")
    marks = seen.run("[...document.querySelectorAll('#bias svg')[1].querySelectorAll('title')].map(t => t.textContent)")
    assert any(mark.startswith("DPPL: 0.") for mark in marks)
    assert any(row.startswith("DPPL old 1") for row in seen.texts("#violations tbody tr"))
    flawless(seen, programs)


def test_features_are_ranked_by_how_much_they_matter(visit: Open, job: Job, programs: Chromium) -> None:
    rows = [{"age": i % 7, "bmi": i % 5} for i in range(60)]

    with served(summed((1.0, 9.0))) as url:
        report = job.run(
            "explained",
            rows,
            analysis_type="MODEL_EXPLAINABILITY",
            analysis_config=config(job, SHAP),
            predictor_url=url,
        )

    seen = visit(report)
    assert seen.texts("h1")[0].endswith("Baseline of 60 records")
    assert seen.texts("h2") == ["What the model decides by"]
    marks = seen.run("[...document.querySelectorAll('#attributions title')].map(t => t.textContent)")
    assert [mark.split(":")[0] for mark in marks] == ["bmi", "age"]
    assert marks[0] == "bmi: 18"
    flawless(seen, programs)
