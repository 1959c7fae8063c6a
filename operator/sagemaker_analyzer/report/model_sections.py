"""The sections of a model: its quality, how unequally it treats people, what it decides by, and all of it over time."""

from collections.abc import Iterable, Iterator

from sagemaker_analyzer.files.summary_file import counted, measured
from sagemaker_analyzer.model import (
    Analysis,
    Attributions,
    Bias,
    BiasMetric,
    Confusion,
    Curve,
    Facet,
    Quality,
    Violation,
)
from sagemaker_analyzer.report.charts import curve, over_time, ranking
from sagemaker_analyzer.report.history import History
from sagemaker_analyzer.report.parts import Cell, Figure, Key, Section, Table
from sagemaker_analyzer.wording import number, shown

_POINTS = 200
_LABELS = 30
_MOST = 30
_CURVES = 8


def quality_section(quality: Quality, violations: Iterable[Violation]) -> Section:
    """How well the model does."""
    limits = {said.feature: said.threshold for said in violations}
    rows: list[tuple[Cell, ...]] = [
        (metric.name, metric.value, metric.standard_deviation, limits.get(metric.name)) for metric in quality.metrics
    ]
    wrong = frozenset(i for i, metric in enumerate(quality.metrics) if metric.name in limits)
    head = ("metric", "value", "standard deviation", "threshold that it misses")
    tables = [Table("Metrics", head, tuple(rows), wrong)]
    if quality.confusion is not None:
        tables.append(_confusion(quality.confusion))
    figures = []
    if quality.roc is not None:
        figures.append(_curve("ROC curve", quality.roc, "false positive rate", "true positive rate", diagonal=True))
    if quality.precision_recall is not None:
        pr = quality.precision_recall
        figures.append(_curve("Precision and recall", pr, "recall", "precision", diagonal=False))
    intro = f"{quality.records:,} predictions were compared with the truth."
    return Section("quality", "Quality of the model", intro, figures=tuple(figures), tables=tuple(tables))


def _confusion(confusion: Confusion) -> Table:
    kept = [shown(label, 40) for label in confusion.labels[:_LABELS]]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (label, *(counts[i] for i in range(len(kept)))) for label, counts in zip(kept, confusion.counts, strict=False)
    )
    more = f", the first {_LABELS} labels" if len(confusion.labels) > _LABELS else ""
    return Table(f"True labels by what the model answered{more}", ("truth", *kept), rows)


def _curve(title: str, found: Curve, x: str, y: str, *, diagonal: bool) -> Figure:
    step = max(1, -(-len(found.x) // _POINTS))
    points = list(zip(found.x, found.y, strict=True))
    kept = [*points[::step], *(points[-1:] if (len(points) - 1) % step else [])]
    return Figure(
        title,
        f"{title}: {y} by {x}.",
        curve(kept, x_title=x, y_title=y, diagonal=diagonal),
        Table(title, (x, y), tuple(kept)),
    )


def bias_section(bias: Bias, violations: Iterable[Violation]) -> Section:
    """How unequally each facet is treated."""
    wrong = {(said.facet, said.feature, said.value) for said in violations}
    figures, tables = [], []
    for facet in bias.facets:
        for words, metrics in (("before training", facet.pre_training), ("of the predictions", facet.post_training)):
            if metrics:
                figure = _facet(facet, words, metrics, wrong)
                if isinstance(figure, Figure):
                    figures.append(figure)
                else:
                    tables.append(figure)
    intro = f"The favourable outcome is {shown(bias.label)} = {shown(bias.label_value)}."
    return Section("bias", "Bias", intro, figures=tuple(figures), tables=tuple(tables))


def _facet(
    facet: Facet, words: str, metrics: tuple[BiasMetric, ...], wrong: set[tuple[str, str, float | None]]
) -> Figure | Table:
    """Its metrics as a figure, or as a table alone if none has a value."""
    title = f"{shown(facet.name)} {shown(facet.value)}, {words}"
    rows = tuple((m.name, m.value, m.description, shown(m.error, 200) if m.error else "") for m in metrics)
    marked = frozenset(i for i, m in enumerate(metrics) if (facet.name, m.name, m.value) in wrong)
    table = Table(title, ("metric", "value", "what it is", "why it has no value"), rows, marked)
    known = [
        (m.name, m.value, i in marked) for i, m in enumerate(metrics) if m.value is not None and abs(m.value) < 1e9
    ]
    if not known:
        return table
    spec = ranking([(name, value, None, bad) for name, value, bad in known])
    return Figure(title, f"Bars of {len(known)} metrics of bias for {title}.", spec, table, wrong=bool(marked))


def attributions_section(found: Attributions, violations: tuple[Violation, ...]) -> Section:
    """What the model decides by."""
    figures: list[Figure] = []
    ranks = {output.name: output.ndcg for output in found.outputs}
    for output in dict.fromkeys(each.output for each in found.features):
        ranked = sorted((each for each in found.features if each.output == output), key=lambda a: -abs(a.value))
        title = f"Attributions to {shown(output)}" if output else "Attributions"
        table = Table(title, ("feature", "attribution"), tuple((shown(a.feature), a.value) for a in ranked))
        spec = ranking([(a.feature, a.value, None, False) for a in ranked[:_MOST]])
        score = ranks.get(output)
        note = "" if score is None else f"their order is like the baseline's by {number(score)} of 1 (NDCG)"
        wrong = any(said.feature == output for said in violations)
        label = f"Bars of the {min(_MOST, len(ranked))} features that matter most."
        figures.append(Figure(title, label, spec, table, note, wrong))
        if len(figures) == _CURVES:
            break
    outputs = len({each.output for each in found.features})
    intro = f"The first {_CURVES} of {outputs} outputs of the model." if outputs > _CURVES else ""
    return Section("attributions", "What the model decides by", intro, figures=tuple(figures))


def history_section(analysis: Analysis, history: History, now: str) -> Section:
    """This run after the earlier ones."""
    runs = [(run.when, float(run.violations)) for run in history.runs] + [(now, float(len(analysis.violations)))]
    figures = [_over_time("Violations", runs, whole=True)]
    for name, value in list(measured(analysis).items())[:_CURVES]:
        before = [(run.when, run.metrics[name]) for run in history.runs if name in run.metrics]
        figures.append(_over_time(name, [*before, (now, value)]))
    intro = f"This run after {counted(len(history.runs), 'earlier one')}."
    if history.unread:
        intro += f" Of {counted(history.unread, 'more run')} the summary could not be read."
    keys = (Key("now", "earlier run"), Key("then", "this run"))
    return Section("history", "Over time", intro, keys, figures=tuple(figures))


def _over_time(name: str, runs: list[tuple[str, float]], *, whole: bool = False) -> Figure:
    title, points = shown(name), list(_moments(runs))
    # All in the same year, as runs mostly are: the axis has no room to say so.
    year = f"{points[0][0][:5]}" if len({when[:5] for when, _ in points}) == 1 else ""
    return Figure(
        title,
        f"{title} in {len(runs)} runs, last {number(runs[-1][1])}.",
        over_time([(when.removeprefix(year), value) for when, value in points], whole=whole),
        Table(title, ("run", title), tuple(points)),
    )


def _moments(runs: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """The beginning of a window as people write it; another name as it is."""
    for when, value in runs:
        date, separator, time = when.partition("T")
        yield (f"{date} {time[:5]}" if separator else shown(when, 30)), value
