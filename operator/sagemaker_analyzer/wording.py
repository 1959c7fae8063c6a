"""How texts and numbers of users are shown: so that they cannot break a page, a chart, a line or a terminal.

Escaping is not done here: the template escapes everything, and the renderer of charts does too.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate

_SHOWN = 120
# They turn the direction of the text that follows them, also outside of the value: https://trojansource.codes.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}


def shown(text: str, longest: int = _SHOWN) -> str:
    """The text in one line without what is no character, cut off where it is long."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join("\ufffd" if _unshown(character) else character for character in text) or "(empty)"


def _unshown(character: str) -> bool:
    return character in _TURNING or character in _NO_CHARACTERS or unicodedata.category(character) in _UNSHOWN


def labels(texts: Iterable[str], columns: int = 20) -> Iterator[str]:
    """The texts as an axis has room for them, all different: a chart would draw two of the same name as one.

    Vega would cut them too, but in the middle of characters that UTF-16 has in two parts, and then not be able to draw them.
    """
    seen: set[str] = set()
    for text in texts:
        label = base = _cut(shown(text), columns)
        number = 2
        while label in seen:
            label, number = f"{base} ({number})", number + 1
        seen.add(label)
        yield label


def _cut(text: str, columns: int) -> str:
    """As much of a text as has room where letters take one column, and Chinese characters and emoji two."""
    upto = list(accumulate(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text))
    if upto[-1] <= columns:
        return text
    return text[: sum(end < columns for end in upto)] + "…"


def number(value: float | None) -> str:
    """Four digits that count, with thousands apart where it is a large number."""
    if value is None or math.isnan(value):
        return "-"
    if math.isfinite(value) and abs(value) < 1e12 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}"


def percent(share: float) -> str:
    """A share of one as a percentage."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return "> 99.9 %" if 0.9995 <= share < 1 else f"{share * 100:.1f} %".replace(".0 %", " %")
