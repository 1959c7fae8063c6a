"""Whatever callers send and analyses find, there is a page, and nothing in it is anything but text."""

import math
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sagemaker_analyzer.contract.task import Baseline, Dataset, Layout, Task
from sagemaker_analyzer.model import (
    Analysis,
    Drift,
    Feature,
    InferredType,
    Numbers,
    Rejected,
    Sketch,
    Statistics,
    Texts,
    Violation,
)
from sagemaker_analyzer.report.history import History, Run
from sagemaker_analyzer.report.page import report

HERE = Path("here")
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "nav",
        "section",
        "div",
        "p",
    ),
    *("h1", "h2", "span", "strong", "a", "ul", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "g", "path", "line", "text", "rect"),
}

# Also what no file can hold: surrogates, control characters, marks that turn the direction of text.
texts = st.one_of(
    st.text(st.characters(), max_size=200),
    st.sampled_from(["<script>", "</style>", "'\"`", "{{ x }}", "]]>", "&lt;", "-->", "\ud800", "\u202e", ""]),
)
floats = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1e308, -1e308, math.nan, math.inf]))
finite = floats.filter(math.isfinite)
distances = st.floats(0, 1e300)
checks = st.sampled_from(["baseline_drift_check", "missing_column_check", "data_type_check", "LessThanThreshold"])
counts = st.integers(0, 10**12)


@st.composite
def features(draw: st.DrawFn, names: st.SearchStrategy[str] = texts) -> Feature:
    items = sorted(draw(st.lists(finite, min_size=1, max_size=20)))
    sketch = draw(st.none() | st.just(Sketch(2048, 0.64, (tuple(items), (items[0],)))))
    numbers = Numbers(draw(floats), draw(floats), draw(floats), items[0], items[-1], (), sketch)
    kept = draw(st.dictionaries(texts, st.integers(1, 99), max_size=20))
    return Feature(
        draw(names),
        draw(st.sampled_from(InferredType)),
        present=draw(counts),
        missing=draw(counts),
        numbers=draw(st.none() | st.just(numbers)),
        texts=draw(st.none() | st.just(Texts(len(kept), tuple(kept.items())))),
    )


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    # The same few names everywhere, so that features meet their baseline, their drift and what is wrong with them.
    names = st.sampled_from(draw(st.lists(texts, min_size=1, max_size=3, unique=True)))
    drawn = st.lists(features(names), max_size=3, unique_by=lambda feature: feature.name).map(tuple)
    wrong = st.builds(Violation, names, checks, texts, st.none() | floats, st.none() | floats, texts, texts)
    return Analysis(
        Statistics(draw(counts), draw(drawn)),
        draw(st.lists(wrong, max_size=3).map(tuple)),
        draw(st.lists(st.builds(Drift, names, distances, distances), max_size=3).map(tuple)),
        draw(st.lists(st.builds(Rejected, st.just("NotJson"), texts, counts, texts), max_size=2).map(tuple)),
        draw(st.none() | st.builds(Statistics, counts, drawn)),
    )


class Tags(HTMLParser):
    """The elements of a page and the attributes that would run something."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.strange += [tag] if tag not in ALLOWED else []
        self.strange += [name for name, _ in attrs if name.startswith("on") or name == "style"]


# Every example draws charts: to look for the smallest that fails would take minutes.
@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(analyses(), texts, texts, st.booleans())
def test_any_analysis_makes_a_page_of_harmless_elements(found: Analysis, one: str, other: str, checks: bool) -> None:
    task = Task(
        Dataset(HERE, Layout.CSV),
        output=HERE,
        message=HERE,
        metrics=HERE,
        baseline=Baseline(HERE) if checks else None,
        endpoint=one,
        schedule=other,
    )

    page = report(task, found, History((Run(one, 3, {}),)))

    page.encode()
    tags = Tags()
    tags.feed(page)
    assert tags.strange == []
    assert "cannot be drawn" not in page
