"""The options about work that several commands have. Imports nothing that is slow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def about_work(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say whether and how work is really done: `execute`, `slots` and `images`."""
    for option in (
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
            "--execute/--simulate",
            default=None,
            help="Whether jobs and endpoints really run. By default they do, unless other machines can reach this one or time "
            "stands still.",
        ),
    ):
        command = option(command)
    return command
