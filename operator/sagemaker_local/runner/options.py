"""The options about work that several commands have. Imports nothing that is slow."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Work:
    """Whether and how work is really done, as a command was told.

    Attributes:
        execute: whether jobs and endpoints really run; None leaves that to the command.
        servers: at most so many processes serve a variant of an endpoint.
        slots: how many instances are at work at once; None is one for each core.
        images: a file that says what to run for which image.
    """

    execute: bool | None = None
    servers: int = 4
    slots: int | None = None
    images: Path | None = None

    def arguments(self) -> list[str]:
        """The same on a command line."""
        said = [] if self.execute is None else ["--execute" if self.execute else "--simulate"]
        slots = [] if self.slots is None else [f"--slots={self.slots}"]
        images = [] if self.images is None else [f"--images={self.images.absolute()}"]
        return [*said, f"--servers={self.servers}", *slots, *images]


def about_work(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say whether and how work is really done; it takes them as `work`."""

    @wraps(command)
    def gathered(*, execute: bool | None, servers: int, slots: int | None, images: Path | None, **others: Any) -> Any:
        return command(work=Work(execute, servers, slots, images), **others)

    options = (
        click.option(
            "--images",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            envvar="SAGEMAKER_LOCAL_IMAGES",
            metavar="FILE",
            help="What to run for which image, beside what is known already (docs/local-execution.md).",
        ),
        click.option(
            "--slots", type=click.IntRange(min=1), help="Instances at work at once; by default one for each core."
        ),
        click.option(
            "--servers",
            type=click.IntRange(min=1),
            default=4,
            show_default=True,
            help="Processes that serve a variant of an endpoint at most, however many instances it has.",
        ),
        click.option(
            "--execute/--simulate",
            default=None,
            help="Whether jobs and endpoints really run. By default they do, unless other machines can reach this one or time "
            "stands still.",
        ),
    )
    decorated: Callable[..., Any] = gathered
    for option in options:
        decorated = option(decorated)
    return decorated
