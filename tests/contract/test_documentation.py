"""The pages that people read: links that lead somewhere, and settings that exist."""

import re
from pathlib import Path

import click
import pytest

from sagemaker_operator.__main__ import run

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")})
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def documented() -> dict[str, tuple[str, str]]:
    """The environment variable and the default on the page, by the first flag of each row."""
    rows = re.findall(r"^\| `(--[\w-]+)`[^|]*\| `(\w+)` \| ([^|]*) \|", CONFIGURATION, re.MULTILINE)
    return {flag: (variable, default.strip().strip("`")) for flag, variable, default in rows}


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


options = pytest.mark.parametrize(
    "option", [given for given in run.params if isinstance(given, click.Option)], ids=lambda option: option.opts[0]
)


@options
def test_the_configuration_page_names_each_flag_with_its_variable_and_its_default(option: click.Option) -> None:
    variable, default = documented()[option.opts[0]]

    assert option.name is not None
    assert variable == f"SAGEMAKER_OPERATOR_{option.name.upper()}"
    match option.to_info_dict()["default"]:
        case None:
            assert default
        case bool(real):
            assert default == str(real).lower()
        case float(real):
            assert float(default) == real
        case real:
            assert default == str(real)


def test_the_configuration_page_names_no_flag_that_does_not_exist() -> None:
    assert set(documented()) == {option.opts[0] for option in run.params}


def test_a_variable_of_the_configuration_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGEMAKER_OPERATOR_HTTP_ADDRESS", "0.0.0.0:9000")
    monkeypatch.setenv("SAGEMAKER_OPERATOR_NAMESPACES", "team-a team-b")
    monkeypatch.setenv("SAGEMAKER_OPERATOR_LEADER_ELECT", "false")

    said = run.make_context("run", [], **run.context_settings).params

    assert said["http_address"] == "0.0.0.0:9000"
    assert said["namespaces"] == ("team-a", "team-b")
    assert said["leader_elect"] is False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
