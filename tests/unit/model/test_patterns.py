"""The service model's patterns, read by the engine that the API server reads them with."""

import string
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import re2
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_operator.model.patterns import to_re2
from sagemaker_operator.model.service import service

QUIET = re2.Options()
QUIET.log_errors = False

ARN = "arn:aws:sagemaker:us-east-1:123456789012:"
SAMPLES = (
    *(
        "",
        "a",
        "A",
        "-",
        ".",
        "..",
        "/",
        " ",
        "\t",
        "\n",
        "a ",
        " a",
        "a\nb",
        "0",
        "p1",
        "p12",
        "p0",
        "é",
        "日本",
        "😀",
        "\x07",
    ),
    *("name", "a-b", "a--b", "-a", "a-", "a_b", ".a", "a.b", "a/b", "a b", "x" * 32, "x" * 63, "x" * 64, "x" * 300),
    *("/metrics", "/a..b", "/..", "/.", "/a.b", "/a/b-c_d.", "//", "metrics", "/.a", "/a..", "/a.b.c"),
    *(
        f"{ARN}{kind}/{name}"
        for kind in ("model-package", "model-package-group", "algorithm", "project", "model")
        for name in "ab"
    ),
    *(
        f"{ARN}model-package/a-",
        f"{ARN}model-package/a/1",
        f"{ARN}model-package/a b",
        f"{ARN}model/",
        f"{ARN}code-repository/r",
    ),
    *("my-package/1", "my-package/", "my-package-/1", "arn:aws:iam::123456789012:role/r", "arn:aws:iam::12:role/r"),
    *("arn:aws:lambda:us-east-1:123456789012:function:f", "arn:a!s:lambda:us-east-1:123456789012:function:f"),
    "arn:aws:codewhisperer:us-east-1:123456789012:profile/ABC",
    *(
        "arn:aws:cloudformation:us-east-1:123456789012:stack/s/1",
        "arn:aws:cloudformation:us-east-1:123456789012:stack/1/1",
    ),
    *(
        "https://github.com/a/b",
        "https://github.com",
        "http://github.com/a",
        "https://",
        "s3://bucket/key",
        "s3:/bucket",
    ),
    *(
        "db.example.com",
        "db..example.com",
        "-db.example",
        "1.2",
        "1.2.3",
        "v1.2.3",
        "1.2.3-rc1",
        "10.0.0.0/8",
        "::1/64",
    ),
    *(
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1",
        "subnet-12345678",
        "sg-12345678",
        "ml.m5.large",
        "text/csv",
    ),
    *("cron(0 * ? * * *)", "NOW", "2026-11-21", "key=value", "a,b", "[0]", "$.a", "true", string.punctuation),
)


def patterned() -> Iterator[tuple[str, str, int, int]]:
    """The patterns of the model with the shape that has them and its limits."""
    for name in service().shape_names:
        metadata = service().shape_for(name).metadata
        if "pattern" in metadata:
            yield name, metadata["pattern"], metadata.get("min", 0), metadata.get("max", 1 << 30)


ALL = tuple({pattern: (name, pattern, least, most) for name, pattern, least, most in patterned()}.values())
REWRITTEN = [found for found in ALL if found[1] not in (to_re2(found[1]) or found[1])]


@cache
def compiled(pattern: str) -> Any:
    return re2.compile(pattern, QUIET)


def accepts(pattern: str, text: str) -> bool:
    return compiled(pattern).search(text) is not None


def original(pattern: str, text: str) -> bool:
    """Whether SageMaker's own reading accepts a text: the whole of it, with ASCII classes and surrogate pairs as in Java."""
    java = pattern.replace(r"\p{Alnum}", "a-zA-Z0-9").replace(r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")
    flags = regex.UNICODE if r"\p{" in java else regex.ASCII
    return regex.fullmatch(java, text, flags=flags) is not None


def test_every_pattern_is_one_that_the_api_server_accepts() -> None:
    translated = {to_re2(pattern) for _, pattern, _, _ in ALL} - {None}

    for pattern in translated:
        re2.compile(pattern, QUIET)
    assert len(translated) > 200


def test_only_patterns_that_accept_anything_are_dropped() -> None:
    dropped = {pattern for _, pattern, _, _ in ALL if to_re2(pattern) is None}

    assert dropped <= {".*", r"[\S\s]*", r"[\s\S]*"}


@pytest.mark.parametrize(("pattern", "least", "most"), [pytest.param(*found[1:], id=found[0]) for found in ALL])
def test_a_translated_pattern_accepts_what_the_original_does(pattern: str, least: int, most: int) -> None:
    translated = to_re2(pattern) or "(?s)^.*$"
    texts = [text for text in SAMPLES if least <= len(text) <= most]

    judged = {text: accepts(translated, text) for text in texts}

    # What a dropped ".*" refuses, a line break, is let through on purpose.
    assert judged == {text: original(pattern, text) or pattern == ".*" for text in texts}


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_no_text_is_judged_differently_after_a_rewrite(data: st.DataObject) -> None:
    _, pattern, least, most = data.draw(st.sampled_from(REWRITTEN))
    text = data.draw(st.text(alphabet="a1Z-_./: \t~é", min_size=least, max_size=min(most, 12)))
    start = data.draw(st.sampled_from(("", ARN, "/", "https://", "arn:aws:lambda:r:123456789012:function:")))
    whole = start + text if len(start + text) <= most else text

    assert accepts(to_re2(pattern) or "", whole) == original(pattern, whole)


def test_a_whole_value_has_to_match() -> None:
    assert not accepts(to_re2("[a-z]+") or "", "abc!")
    assert not accepts(to_re2("a|b") or "", "ax")
