"""What the emulator covers and what it only guesses, as a page section made from the tables themselves.

`python -m sagemaker_local.emulator.evidence docs/emulator.md` renews the section; a test holds the page against it.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Final

from sagemaker_local.emulator import model
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.clock import VirtualClock
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_local.emulator.family import Family
from sagemaker_local.emulator.quotas import Quotas
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.store import Store
from sagemaker_local.emulator.timeline import Timeline
from sagemaker_local.emulator.world import World

BEGIN: Final = "<!-- made by python -m sagemaker_local.emulator.evidence docs/emulator.md -->"
END: Final = "<!-- end -->"


ANSWERING: Final = ("sagemaker_local.emulator", "sagemaker_local.runner.runtime", "sagemaker_local.runner.serving")
"""The packages whose texts reach callers: SageMaker's, those of invocations, and reasons for which a model is not served."""


def refusals() -> dict[str, Refusal]:
    """Every text that may be answered, by the constants that hold it."""
    found: dict[str, Refusal] = {}
    for package in map(import_module, ANSWERING):
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            if info.name.endswith("__main__"):
                continue
            for name, value in vars(import_module(info.name)).items():
                if isinstance(value, Refusal):
                    found[f"{info.name.removeprefix('sagemaker_local.')}.{name}"] = value
    return found


def timelines() -> Iterator[tuple[str, Timeline]]:
    """Every timeline that takes time, by the operation that sets it off."""
    for family in FAMILIES:
        yield f"Create{family.kind}", family.create
        for action in family.actions:
            if action.timeline is not None:
                yield action.operation, action.timeline


def section() -> str:
    """The section of the page, in Markdown."""
    return "\n".join([BEGIN, "", *_coverage(), "", *_guessed_texts(), "", *_guessed_times(), "", END])


def renew(page: str) -> str:
    """The page with its section renewed; ValueError if the marks are missing."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"the page has no section between {BEGIN!r} and {END!r}")
    return before + section() + after


def _coverage() -> list[str]:
    operations = SageMaker(World(VirtualClock(), Store(), Quotas()), FAMILIES).operations()
    rows = [f"| {family.kind} | {', '.join(_verbs(family))} |" for family in FAMILIES]
    missing = sorted(model.operation_names() - operations)
    count = f"{len(operations)} of SageMaker's {len(model.operation_names())} operations have behaviour:"
    return [
        "### Coverage",
        "",
        count,
        "",
        "| family | operations |",
        "|---|---|",
        *rows,
        "| of all families | AddTags, DeleteTags, ListTags |",
        "",
        f"Without behaviour: {', '.join(missing) or 'none'}.",
    ]


def _verbs(family: Family) -> list[str]:
    bound = Bound(family)
    standard = [bound.creating, f"Describe{family.kind}", *([bound.list_operation] if bound.list_operation else [])]
    return [*standard, *(a.operation for a in family.actions), *(e.operation for e in family.extras)]


def _guessed_texts() -> list[str]:
    guessed = {refusal for refusal in refusals().values() if UNVERIFIED in refusal.evidence}
    rows = sorted(f"| {r.code} | {_cell(r.text)} | {_cell(r.evidence)} |" for r in guessed)
    return [
        "### Texts without evidence",
        "",
        "No public source was found for these; the code is the one that the service model declares, or the usual one.",
        "",
        "| code | text | evidence |",
        "|---|---|---|",
        *rows,
    ]


def _guessed_times() -> list[str]:
    guessed = [(name, t) for name, t in timelines() if t.steps[-1].after and UNVERIFIED in t.evidence]
    rows = [f"| {name} | {t.steps[-1].after:g} |" for name, t in guessed]
    return [
        "### Durations without evidence",
        "",
        "| operation | seconds until it is through |",
        "|---|---|",
        *rows,
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(renew(target.read_text()))
