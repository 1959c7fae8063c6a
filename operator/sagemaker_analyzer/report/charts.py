"""The kinds of charts, as Vega-Lite: data is always a value and never a part of an expression or the name of a field.

Colours are the style sheet's variables, so that one drawing is right on light and on dark. Widths are those of a telephone: text
stays readable there, and on wider pages more charts stand beside each other.
"""

from collections.abc import Sequence

from sagemaker_analyzer.report.comparison import Bins, Categories
from sagemaker_analyzer.report.parts import Spec
from sagemaker_analyzer.wording import labels, number, percent

_WIDTH = 360
_ROW = 20
_SHARE: Spec = {"format": "%", "tickCount": 4}
NOW, THEN, INK, WRONG = (f"var(--{name})" for name in ("now", "then", "ink", "wrong"))


def chart(height: int, layers: Sequence[Spec]) -> Spec:
    """Layers on the same axes."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": _WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 6, "right": 14, "top": 6, "bottom": 2},
        "background": None,
        "layer": list(layers),
        "config": _CONFIG,
    }


def _axis(field: str, axis: Spec, title: str | None = None) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def histogram(bins: Bins) -> Spec:
    """Shares of values as bars, with the outline of the baseline's above them."""
    rows = [
        {"from": low, "to": high, "now": share, "said": _bin_text(bins, i)}
        for i, (low, high, share) in enumerate(zip(bins.edges, bins.edges[1:], bins.now, strict=False))
    ]
    x = _axis("from", {"tickCount": 5, "grid": False, "labelOverlap": "greedy", **_short(bins.edges)})
    x["scale"] = {"zero": False, "nice": False, "domain": [bins.edges[0], bins.edges[-1]]}
    bars = {
        "data": {"values": rows},
        "mark": {"type": "bar", "color": NOW, "binSpacing": 1},
        "encoding": {
            "x": x,
            "x2": {"field": "to"},
            "y": _axis("now", _SHARE),
            "y2": {"datum": 0},
            "description": {"field": "said"},
        },
    }
    layers: list[Spec] = [bars]
    if bins.then:
        steps = [
            {"from": low, "then": share} for low, share in zip(bins.edges, (*bins.then, bins.then[-1]), strict=True)
        ]
        outline = {
            "data": {"values": steps},
            "mark": {"type": "line", "interpolate": "step-after", "color": THEN, "strokeWidth": 2, "aria": False},
            "encoding": {"x": x, "y": _axis("then", _SHARE)},
        }
        layers.append(outline)
    return chart(150, layers)


def _short(edges: Sequence[float]) -> Spec:
    """Powers of ten where digits would need more room than there is."""
    greatest = max(abs(edges[0]), abs(edges[-1]))
    return {} if 1e-3 <= greatest < 1e12 else {"format": ".3~e"}


def _bin_text(bins: Bins, i: int) -> str:
    text = f"{number(bins.edges[i])} to {number(bins.edges[i + 1])}: {percent(bins.now[i])}"
    return f"{text}, baseline {percent(bins.then[i])}" if bins.then else text


def categories(found: Categories) -> Spec:
    """Shares of values as bars, with a tick where the baseline's was."""
    names = list(labels(found.values))
    before: Sequence[float | None] = found.then or [None] * len(names)
    rows = [
        {
            "value": name,
            "now": now,
            "then": then,
            "said": f"{name}: {percent(now)}" + (f", baseline {percent(then)}" if then is not None else ""),
        }
        for name, now, then in zip(names, found.now, before, strict=True)
    ]
    y = {"field": "value", "type": "nominal", "sort": names, "title": None}
    bars = {
        "mark": {"type": "bar", "color": NOW, "height": {"band": 0.7}},
        "encoding": {"x": _axis("now", _SHARE), "y": y, "description": {"field": "said"}},
    }
    layers = [bars, _ticks("then", y)] if found.then else [bars]
    return {**chart(max(4, len(names)) * _ROW + 26, layers), "data": {"values": rows}}


def _ticks(field: str, y: Spec, **scale: Spec) -> Spec:
    return {
        "transform": [{"filter": {"field": field, "valid": True}}],
        "mark": {"type": "tick", "color": THEN, "thickness": 2, "size": _ROW - 2, "aria": False},
        "encoding": {"x": {"field": field, "type": "quantitative", **scale}, "y": y},
    }


def ranking(rows: Sequence[tuple[str, float, float | None, bool]], *, limits: str = "allowed") -> Spec:
    """Bars of names and values in their order, with a tick at the limit of each that has one; `True` marks what is wrong."""
    names = list(labels(name for name, *_ in rows))
    data = [
        {
            "name": name,
            "value": value,
            "limit": limit,
            "colour": "wrong" if wrong else "right",
            "text": number(value),
            "said": f"{name}: {number(value)}" + (f", {limits} {number(limit)}" if limit is not None else ""),
        }
        for name, (_, value, limit, wrong) in zip(names, rows, strict=True)
    ]
    ends = [value for row in data for value in (row["value"], row["limit"]) if isinstance(value, float | int)]
    low, high = min(0.0, *ends, 0.0), max(0.0, *ends, 0.0)
    room = (high - low) * 0.2 or 1.0
    x = _axis("value", {"tickCount": 5})
    # The number stands beyond the end of its bar.
    x["scale"] = {"domain": [low - (room if low < 0 else 0), high + room], "nice": False}
    y = {"field": "name", "type": "nominal", "sort": names, "title": None}
    colour = {
        "field": "colour",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["right", "wrong"], "range": [NOW, WRONG]},
    }
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.7}},
            "encoding": {"x": x, "y": y, "color": colour, "description": {"field": "said"}},
        },
        *(
            {
                "transform": [{"filter": {"field": "value", sign: 0}}],
                "mark": {"type": "text", "align": side, "dx": shift, "color": INK, "aria": False},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
            for sign, side, shift in (("gte", "left", 5), ("lt", "right", -5))
        ),
    ]
    if any(row["limit"] is not None for row in data):
        layers.append(_ticks("limit", y, scale=x["scale"]))
    return {**chart(len(data) * _ROW + 26, layers), "data": {"values": data}}


def over_time(points: Sequence[tuple[str, float]], *, whole: bool = False) -> Spec:
    """A value in each of some runs, one after the other; the last is of this run."""
    data = [
        {"run": i, "when": when, "value": value, "last": i == len(points) - 1, "said": f"{when}: {number(value)}"}
        for i, (when, value) in enumerate(points)
    ]
    names = [when for when, _ in points]
    x = {"field": "when", "type": "ordinal", "sort": names, "title": None, "scale": {"type": "point", "padding": 0.5}}
    x["axis"] = {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 8, "grid": False}
    y = _axis("value", _whole_ticks(points) if whole else {"tickCount": 4})
    y["scale"] = {"zero": whole}
    colour = {"condition": {"test": {"field": "last", "equal": True}, "value": INK}, "value": NOW}
    point = {"mark": {"type": "point", "filled": True, "size": 45, "opacity": 1}}
    line = {"type": "line", "color": NOW, "strokeWidth": 2, "aria": False}
    layers: list[Spec] = [
        {"mark": line, "encoding": {"x": x, "y": y}},
        {**point, "encoding": {"x": x, "y": y, "color": colour, "description": {"field": "said"}}},
    ]
    return {**chart(140, layers), "data": {"values": data}}


def _whole_ticks(points: Sequence[tuple[str, float]]) -> Spec:
    greatest = int(max(value for _, value in points))
    return {"values": list(range(0, greatest + 1, max(1, -(-greatest // 4))))}


def curve(points: Sequence[tuple[float, float]], *, x_title: str, y_title: str, diagonal: bool) -> Spec:
    """A curve in the unit square, with the diagonal that a model without any knowledge would follow."""
    rows = [{"x": x, "y": y, "i": i} for i, (x, y) in enumerate(points)]
    square: Spec = {"scale": {"domain": [0, 1], "nice": False}}
    x, y = ({**_axis(name, {"tickCount": 5}, title), **square} for name, title in (("x", x_title), ("y", y_title)))
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "color": NOW, "strokeWidth": 2, "aria": False},
            "encoding": {"x": x, "y": y, "order": {"field": "i", "type": "quantitative"}},
        }
    ]
    if diagonal:
        dashed = {"type": "line", "color": THEN, "strokeDash": [4, 4], "aria": False}
        ends = [{"x": 0, "y": 0}, {"x": 1, "y": 1}]
        layers.insert(0, {"data": {"values": ends}, "mark": dashed, "encoding": {"x": x, "y": y}})
    return chart(300, layers)


_CONFIG: Spec = {
    # The one by which widths are measured; the style sheet says in which it is written.
    "font": "Arial",
    "view": {"stroke": None},
    "axis": {
        "labelLimit": 0,  # Vega cuts in the middle of characters: see `wording.labels`.
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--edge)",
        "tickColor": "var(--edge)",
    },
    "text": {"fontSize": 12},
}
