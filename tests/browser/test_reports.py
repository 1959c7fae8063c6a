"""The report of a run, as a person sees it: in a real browser, on a desktop and on a telephone, by day and by night."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.chromium import Chromium
from tests.browser.conftest import Open
from tests.browser.jobs import Job

LARGEST = 1_500_000
EVIL = (
    "<script>hit = 1</script>",
    "<img src=x onerror='hit = 2'>",
    '"><svg onload="hit = 3">',
    "</text></svg><script>hit = 4</script>",
    "</style></title><script>hit = 5</script>",
    "{{ 7 * 7 }} {% raw %}",
    "javascript:hit=6",
    "\u202eno\x00\x1b[31m\nline",
)


def people(count: int, *, older: float = 0.0, cities: tuple[str, ...] = ("Rome", "Oslo")) -> list[dict[str, Any]]:
    chance = np.random.default_rng(7)
    return [
        {
            "age": int(chance.normal(40 + older, 10)),
            "income": float(chance.lognormal(10, 0.5)),
            "city": str(chance.choice(cities)),
            "children": int(chance.poisson(1.3)),
        }
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    job = Job(tmp_path_factory.mktemp("reports"))
    job.run("baseline", people(2000))
    return job


@pytest.fixture(scope="module")
def drifted(job: Job) -> Path:
    """The report of a run after two others, whose people are older and in part from elsewhere."""
    for hour in (8, 9):
        summary = {
            "version": 1,
            "analysis": "DATA_QUALITY",
            "violations": hour - 8,
            "start": f"2026-01-01T0{hour}:00:00",
        }
        place = job.root / "history" / str(hour)
        place.mkdir(parents=True)
        (place / "summary.json").write_text(json.dumps(summary))
    return job.check(
        "drifted",
        people(1500, older=9, cities=("Rome", "Oslo", "Bern")),
        history_source=str(job.root / "history"),
        sagemaker_endpoint_name="credit",
        sagemaker_monitoring_schedule_name="credit-hourly",
    )


def test_the_headline_tells_what_was_found_and_where(visit: Open, drifted: Path) -> None:
    seen = visit(drifted)

    assert seen.texts("h1")[0].endswith("3 violations in 1,500 records")
    assert seen.page.title() == "3 violations in 1,500 records · credit-hourly"
    assert seen.texts(".remark")[0].startswith("The worst is age: drift 0.")
    facts = dict(zip(seen.texts("dt"), seen.texts("dd"), strict=True))
    assert facts["Endpoint"] == "credit"
    assert (facts["Schedule"], facts["Records"], facts["Could not be read"]) == ("credit-hourly", "1,500", "0")


def test_the_page_asks_nothing_of_the_network_and_nothing_goes_wrong(visit: Open, drifted: Path) -> None:
    seen = visit(drifted)

    assert seen.asked == [drifted.as_uri()]
    assert seen.said == []
    assert seen.page.locator("script").count() == 0


def test_every_feature_has_a_chart_and_every_chart_its_numbers(visit: Open, drifted: Path) -> None:
    seen = visit(drifted)

    assert seen.texts("#features figcaption strong") == ["! age", "! city", "income", "children"]
    assert seen.texts("h2") == ["Violations", "Drift", "Over time", "Features"]
    assert seen.page.get_by_role("img").filter(has=seen.page.locator("g")).count() == 4 + 1 + 1
    assert seen.run("[...document.querySelectorAll('figure')].every(f => f.querySelector('table tbody tr'))")


def test_charts_show_this_run_beside_the_baseline(visit: Open, drifted: Path) -> None:
    seen = visit(drifted)

    bars = seen.run("[...document.querySelectorAll('#features figure:nth-child(2) title')].map(t => t.textContent)")
    assert len(bars) == 3
    assert all("baseline" in bar for bar in bars)
    assert "Bern: 3" in " ".join(bars)
    heights = seen.run(
        "[...document.querySelectorAll('#features figure:first-child path:has(title)')].map(p => p.getBBox().height)"
    )
    assert max(heights) > 90, "the highest bar fills the chart"
    runs = seen.run("[...document.querySelectorAll('#history title')].map(t => t.textContent)")
    assert runs == ["2026-01-01 08:00: 0", "2026-01-01 09:00: 1", "this run: 3"]


def test_violations_are_told_with_value_and_threshold(visit: Open, drifted: Path) -> None:
    seen = visit(drifted)

    rows = [row.split("\t") for row in seen.texts("#violations tbody tr")]
    assert [(row[0], row[1]) for row in rows] == [
        ("age", "baseline_drift_check"),
        ("city", "baseline_drift_check"),
        ("city", "categorical_values_check"),
    ]
    assert rows[0][3] == "0.1"
    assert seen.page.locator("#drift tr.marked").count() == 2


def test_a_baseline_is_drawn_without_anything_beside_it(visit: Open, job: Job) -> None:
    seen = visit(job.root / "baseline/out/report.html")

    assert seen.texts("h1")[0].endswith("Baseline of 2,000 records with 4 features")
    assert seen.texts("h2") == ["Features"]
    assert seen.page.locator("figure svg").count() == 4
    assert "baseline" not in seen.page.locator("#features").inner_text()
    assert (seen.said, len(seen.asked)) == ([], 1)


def test_an_hour_like_the_baseline_says_so(visit: Open, job: Job) -> None:
    seen = visit(job.check("calm", people(500)))

    assert seen.texts("h1")[0].endswith("No violations in 500 records")
    assert seen.page.locator("header.right").count() == 1
    assert seen.page.locator(".marked").count() == 0


@pytest.fixture(scope="module")
def hostile(job: Job) -> Path:
    """The report about what somebody has sent who wants to run something in it."""
    chance = np.random.default_rng(3)
    sent = [{name: str(chance.choice(EVIL)) for name in EVIL} | {f"n{name}": 1 for name in EVIL} for _ in range(200)]
    return job.check("hostile", sent, sagemaker_endpoint_name=EVIL[0], sagemaker_monitoring_schedule_name=EVIL[4])


@pytest.mark.parametrize("without_policy", [False, True], ids=["with its policy", "by escaping alone"])
def test_what_callers_send_runs_nothing(visit: Open, hostile: Path, without_policy: bool) -> None:
    seen = visit(hostile, without_policy=without_policy)

    assert seen.run("typeof hit") == "undefined"
    made = "script, iframe, object, embed, form, svg image, svg a, foreignObject, [onerror], [onload], [style]"
    assert seen.page.locator(made).count() == 0
    assert seen.page.locator("img").count() == 0
    assert seen.run("[...document.querySelectorAll('a, link')].map(a => a.getAttribute('href')[0])") == [
        "d",
        *("#" for _ in seen.texts("nav a")),
    ]
    assert seen.asked == [hostile.as_uri()]
    assert seen.said == []
    titles = seen.texts("#features figcaption strong")
    assert any("<img src=x onerror='hit = 2'>" in title for title in titles)
    assert "{{ 7 * 7 }}" in " ".join(titles)
    assert "\u202e" not in seen.run("document.documentElement.textContent")


def test_garbage_is_told_by_kind_and_file(visit: Open, job: Job) -> None:
    report = job.run("garbage", people(50))
    (job.root / "garbage/in/b.jsonl").write_text('{"age": 3\n\x00<script>hit = 1</script>\n')
    report = job.run("garbage/again", [], dataset_source=str(job.root / "garbage/in"))

    seen = visit(report)

    rows = [row.split("\t") for row in seen.texts("#left-out tbody tr")]
    assert [(row[0], Path(row[1]).name, row[2]) for row in rows] == [("NotJson", "b.jsonl", "2")]
    assert "2 records could not be read." in seen.texts(".remark")


def test_hundreds_of_features_stay_one_page_of_bearable_size(visit: Open, job: Job) -> None:
    chance = np.random.default_rng(5)
    wide = [{f"feature_{i:03}": float(chance.normal()) for i in range(400)} for _ in range(60)]

    report = job.run("wide", wide)

    seen = visit(report, width=390)
    assert seen.page.locator("#features figure svg").count() == 30
    assert seen.page.locator("#features > details tbody tr").count() == 400
    assert report.stat().st_size < LARGEST
    assert seen.run("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_sticks_out_of_the_page_and_charts_can_be_read(visit: Open, drifted: Path, width: int) -> None:
    seen = visit(drifted, width=width)

    assert seen.run("document.documentElement.scrollWidth") <= width
    heights = seen.run("[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)")
    assert min(heights) >= 11, "text of some nine pixels has lines of eleven"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_by_day_and_by_night(
    visit: Open, drifted: Path, programs: Chromium, scheme: str
) -> None:
    seen = visit(drifted, scheme=scheme)
    seen.run("document.querySelectorAll('details').forEach(part => { part.open = true })")

    seen.run(programs.axe)
    found = seen.run("axe.run()")

    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert {"color-contrast", "svg-img-alt", "document-title"} <= {each["id"] for each in found["passes"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_stand_out_from_the_page(visit: Open, drifted: Path, scheme: str) -> None:
    seen = visit(drifted, scheme=scheme)
    value: Callable[[str], str] = lambda name: seen.run(  # noqa: E731
        f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()"
    )

    found = {colour: contrast(value(colour), value("card")) for colour in ("ink", "now", "then", "wrong")}
    assert found.pop("ink") >= 4.5
    assert min(found.values()) >= 3, found


def contrast(one: str, other: str) -> float:
    """How far two colours such as #1c2430 are apart, as WCAG has it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
