"""The service model's patterns as Kubernetes understands them.

SageMaker matches whole strings with Java's syntax; the API server searches with RE2, and refuses a whole CRD for one pattern that
it cannot read. So every pattern is anchored, and what RE2 lacks (look-around, repetitions above 1,000, ``\\uXXXX``,
``\\p{Alnum}``) is rewritten into an equal pattern; the limits that get lost stand in the shape's ``max`` too.

Not here: matching. A translated pattern accepts what the original accepts within the length limits of its shape.
"""

import re
from functools import cache

# Patterns that accept anything, save that some refuse line breaks; those occur in container arguments and hyperparameters,
# where people do write them, and where SageMaker has the last word.
_ANYTHING = frozenset((".*", r"[\S\s]*", r"[\s\S]*"))

# Pieces that RE2 cannot read, and equal pieces that it can. A look-ahead for a length is dropped: the shape bounds the length.
_REWRITES = (
    (r"(?!\s*$).+", r".*\S.*"),
    (r"[a-zA-Z0-9]([a-zA-Z0-9\-]){0,62})(?<!-)", r"[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?)"),
    (r"[a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)", r"[a-zA-Z0-9](?:[a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?)"),
    (r"/(?!.*\.\.)[a-zA-Z0-9/_.\-]+", r"/(?:\.|(?:\.?[a-zA-Z0-9/_\-])+\.?)"),
    (r"(?!^[.-])^([a-zA-Z0-9-_.]+)", r"[a-zA-Z0-9_][a-zA-Z0-9\-_.]*"),
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\x{10000}-\x{10FFFF}"),
    (r"\p{Alnum}", r"a-zA-Z0-9"),
)
_LENGTH_AHEAD = re.compile(r"\(\?=\.\{1,\d+\}\$\)")
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})")
_REPETITION = re.compile(r"\{(\d+),(\d+)\}")
_MOST_REPETITIONS = 1000


@cache
def to_re2(pattern: str) -> str | None:
    """The anchored RE2 pattern for a pattern of the service model, or None if it accepts anything."""
    if pattern in _ANYTHING:
        return None
    for piece, equal in _REWRITES:
        pattern = pattern.replace(piece, equal)
    pattern = _LENGTH_AHEAD.sub("", pattern)
    pattern = _CODE_POINT.sub(r"\\x{\1}", pattern)
    return f"^(?:{_REPETITION.sub(_without_large_bound, pattern)})$"


def _without_large_bound(repetition: re.Match[str]) -> str:
    least, most = repetition.groups()
    return repetition.group() if int(most) <= _MOST_REPETITIONS else f"{{{least},}}"
