"""The sections of a dataset: what is wrong with it, how far its features have drifted, and what each is like."""

from collections.abc import Iterable

from sagemaker_analyzer.files.summary_file import counted, subject, verdict, worst
from sagemaker_analyzer.model import Analysis, Drift, Feature, Rejected, Violation
from sagemaker_analyzer.report.charts import categories, histogram, ranking
from sagemaker_analyzer.report.comparison import Bins, Categories, compared
from sagemaker_analyzer.report.parts import Cell, Figure, Key, Section, Table
from sagemaker_analyzer.wording import number, percent, shown

MOST = 30
"""So many features get a chart; all of them are in tables."""

_KEYS = (Key("now", "this run"), Key("then", "baseline"))


def violations_section(found: tuple[Violation, ...]) -> Section:
    """Every violation, the worst first."""
    rows = tuple(
        (shown(subject(said)), said.check, said.value, said.threshold, shown(said.description, 400))
        for said in worst(found)
    )
    table = Table("The worst first", ("what", "check", "value", "threshold", "what was found"), rows)
    return Section("violations", "Violations", tables=(table,))


def drift_section(drifts: tuple[Drift, ...]) -> Section:
    """The features by how far they are from the baseline, in terms of what is allowed."""
    ranked = sorted(drifts, key=_beyond, reverse=True)
    rows = tuple((shown(d.feature), d.distance, d.threshold) for d in ranked)
    wrong = frozenset(i for i, d in enumerate(ranked) if d.distance > d.threshold)
    table = Table("Drift of every feature", ("feature", "distance", "allowed"), rows, wrong)
    far = counted(len(wrong), "feature")
    top = ranked[:MOST]
    figure = Figure(
        "Distance from the baseline" + (f": the first {MOST} of {len(ranked)}" if len(ranked) > MOST else ""),
        f"Bars of the distance of {len(top)} features from the baseline; {far} of {len(ranked)} beyond the threshold.",
        ranking([(d.feature, d.distance, d.threshold, d.distance > d.threshold) for d in top]),
        table,
    )
    keys = (Key("now", "within the threshold"), Key("wrong", "beyond it"), Key("tick", "threshold"))
    intro = f"{far} of {len(ranked)} {'is' if len(wrong) == 1 else 'are'} further from the baseline than allowed."
    return Section("drift", "Drift", intro, keys, figures=(figure,))


def _beyond(drift: Drift) -> float:
    return drift.distance / drift.threshold if drift.threshold else drift.distance * 1e9


def features_section(analysis: Analysis) -> Section:
    """What each feature is like, beside its baseline."""
    drifts = {drift.feature: drift for drift in analysis.drifts}
    features = _ranked(analysis)
    figures: list[Figure] = []
    for feature in features:
        then = analysis.baseline.feature(feature.name) if analysis.baseline else None
        found = compared(feature, then) if len(figures) < MOST else None
        if found is not None:
            wrong = [said for said in analysis.violations if said.feature == feature.name]
            figures.append(_figure(feature, found, drifts.get(feature.name), wrong))
    tables = (_overview(analysis.statistics.features, analysis),)
    left = len(features) - len(figures)
    intro = f"{counted(len(figures), 'feature')} of {len(features)}, those first that matter most." if left else ""
    compares = any(figure.table.head[-1] == "baseline" for figure in figures)
    keys = (_KEYS if compares else _KEYS[:1]) if figures else ()
    return Section("features", "Features", intro, keys, figures=tuple(figures), folded=tables)


def _ranked(analysis: Analysis) -> list[Feature]:
    """Features with a violation first, the most drifted of all first among each."""
    beyond = {drift.feature: _beyond(drift) for drift in analysis.drifts}
    violating = {said.feature for said in analysis.violations}
    return sorted(analysis.statistics.features, key=lambda f: (f.name not in violating, -beyond.get(f.name, 0.0)))


def _figure(feature: Feature, found: Bins | Categories, drift: Drift | None, wrong: list[Violation]) -> Figure:
    spec = histogram(found) if isinstance(found, Bins) else categories(found)
    against = " beside the baseline" if found.then else ""
    notes = [verdict(said) for said in wrong]
    if drift is not None and not wrong:
        notes.append(f"drift {number(drift.distance)} of {number(drift.threshold)} allowed")
    notes += _left_out(found)
    name, note = shown(feature.name), "; ".join(notes)
    label = f"Distribution of {name}{against}." + (f" {note[:1].upper()}{note[1:]}." if note else "")
    return Figure(name, label, spec, _shares(feature, found), note, bool(wrong))


def _left_out(found: Bins | Categories) -> list[str]:
    """What the chart does not show."""
    words = "far outside" if isinstance(found, Bins) else "other values"
    now, then = (found.outside, found.outside_then) if isinstance(found, Bins) else (found.others, found.others_then)
    if now < 0.0005 and then < 0.0005:
        return []
    return [f"{words}: {percent(now)}" + (f", of the baseline {percent(then)}" if found.then else "")]


def _shares(feature: Feature, found: Bins | Categories) -> Table:
    keys: list[tuple[Cell, ...]]
    if isinstance(found, Bins):
        head: tuple[str, ...] = ("from", "to")
        keys = [tuple(pair) for pair in zip(found.edges, found.edges[1:], strict=False)]
    else:
        head, keys = ("value",), [(shown(value),) for value in found.values]
    columns = [found.now, found.then] if found.then else [found.now]
    rows = tuple((*key, *(percent(column[i]) for column in columns)) for i, key in enumerate(keys))
    return Table(f"Shares of {shown(feature.name)}", (*head, "this run", "baseline")[: len(head) + len(columns)], rows)


def _overview(features: Iterable[Feature], analysis: Analysis) -> Table:
    violating = {said.feature for said in analysis.violations}
    head = (
        "feature",
        "type",
        "values",
        "missing",
        "mean",
        "mean of the baseline",
        "deviation",
        "least",
        "greatest",
        "different",
    )
    rows: list[tuple[Cell, ...]] = []
    marked = set()
    for i, feature in enumerate(features):
        then = analysis.baseline.feature(feature.name) if analysis.baseline else None
        numbers, before = feature.numbers, then.numbers if then else None
        texts = feature.texts.distinct if feature.texts else None
        of_numbers = (numbers.std_dev, numbers.minimum, numbers.maximum) if numbers else (None, None, None)
        rows.append(
            (
                shown(feature.name),
                feature.inferred_type.value,
                feature.present,
                percent(1 - feature.completeness),
                numbers.mean if numbers else None,
                before.mean if before else None,
                *of_numbers,
                texts,
            )
        )
        if feature.name in violating:
            marked.add(i)
    return Table(f"All {len(rows)} features", head, tuple(rows), frozenset(marked))


def left_out_section(rejected: tuple[Rejected, ...], unmatched: tuple[Rejected, ...]) -> Section:
    """Records that are not in the figures, and why."""
    rows = tuple(
        (part.kind, shown(part.file), part.records, shown(part.example, 200)) for part in (*rejected, *unmatched)
    )
    table = Table("Records that are left out", ("why", "file", "records", "the first of them"), rows)
    return Section("left-out", "Left out", tables=(table,))
