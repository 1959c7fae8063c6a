"""The pages that people read: links that lead somewhere, and settings that exist."""

import re
from pathlib import Path

import click
import pytest
import yaml

from sagemaker_operator.__main__ import run
from sagemaker_operator.engine.hosting import MEANINGS
from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.engine.scaling import told as scaling
from sagemaker_operator.engine.verdict import Aside, Reason, State, Unapplied, Verdict, conditions
from sagemaker_operator.kinds import KINDS, Kind

ROOT = Path(__file__).parents[2]
MANAGING = (ROOT / "docs" / "managing.md").read_text()
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


def explained(what: str) -> set[str]:
    """What the table of types or reasons on the page about managing resources names in its first column."""
    table = MANAGING.split(f"| {what} | Meaning |", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_page_about_managing_explains_each_reason_and_no_other() -> None:
    assert explained("Reason") == set(Reason)


def test_the_page_about_managing_explains_each_condition_and_no_other() -> None:
    about = Resource.read(
        KINDS["Endpoint"], {"metadata": {"namespace": "n", "name": "e", "uid": "u", "resourceVersion": "1"}}
    )
    everything = {"succeeded": True, "rolled_back": True, "suspended": True, "drifted": ("endpointConfigName",)}
    told = {
        one["type"]
        for state in State
        for one in conditions(
            Verdict(state, "Because", "m", **everything),  # type: ignore[arg-type]
            about,
            "2026-01-01T00:00:00Z",
            unapplied=Unapplied("Because", "m"),
            asides=[Aside(kind, "True", "Because", "m") for kind in (*MEANINGS, "DataCaptureReady", scaling.CONDITION)],
        )
    }

    assert explained("Type") == told


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [
        ("can be stopped and started again (", ")", {kind.name for kind in KINDS.values() if kind.suspendable}),
        ("`Report` (default of ", ", which", {kind.name for kind in KINDS.values() if kind.drift == "Report"}),
        ("the last update of an ", ", and", {kind.name for kind in KINDS.values() if kind.rollback}),
    ],
    ids=["suspended", "reported", "rolled back"],
)
def test_the_page_about_managing_names_the_kinds_that_differ(start: str, end: str, named: set[str]) -> None:
    told = MANAGING.split(start, 1)[1].split(end, 1)[0]

    assert set(re.findall(r"[A-Z]\w+", told)) == named


CLOSED = [kind for kind in KINDS.values() if kind.closed]


@pytest.mark.parametrize("kind", CLOSED, ids=lambda kind: kind.name)
def test_a_closed_service_is_told_by_definition_page_and_list(kind: Kind) -> None:
    assert kind.closed is not None
    definition = yaml.safe_load((ROOT / "crds" / f"{kind.plural}.yaml").read_text())
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]

    assert kind.closed in schema["description"]
    assert f"> **Note:** {kind.closed}" in (ROOT / "docs" / "kinds" / f"{kind.name.lower()}.md").read_text()


def test_the_list_of_kinds_marks_those_of_closed_services_and_no_other() -> None:
    marked = re.findall(
        r"^\| \[(\w+)\]\([^)]+\) \(closed\) \|", (ROOT / "docs/kinds/README.md").read_text(), re.MULTILINE
    )

    assert set(marked) == {kind.name for kind in CLOSED}


def test_the_readme_tells_how_many_kinds_there_are() -> None:
    assert f"| Kinds | {len(KINDS)}:" in (ROOT / "README.md").read_text()
