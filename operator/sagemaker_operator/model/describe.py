"""Documentation of the service model as one short sentence for ``kubectl explain``.

Not here: complete documentation; that is AWS's, under the member's own name.
"""

import html
import re
from functools import cache

_LIMIT = 140
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")
# A full stop ends a sentence only before white space and a capital, and not in an abbreviation.
_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!etc)[.!?:](?=\s+[A-Z`\"(]|\s*$)")


@cache
def sentence(documentation: str) -> str:
    """The first sentence of a piece of documentation in HTML, without markup, at most 140 characters long."""
    # Paragraphs and list items end sentences that have no full stop.
    text = re.sub(r"</p>|<li>|<ul>|<br/?>", " \0 ", documentation)
    text = _SPACE.sub(" ", html.unescape(_TAG.sub("", text))).strip(" \0")
    text = text.split("\0", 1)[0].strip()
    end = _END.search(text)
    first = text[: end.start()] if end else text.rstrip(".")
    if len(first) < _LIMIT:
        return f"{first}." if first else ""
    return first[: _LIMIT - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
