"""``python -m sagemaker_operator.generate``: write the generated files of a checkout, or tell which are stale."""

import sys
from pathlib import Path

import click

from . import files


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail and name the files that would change.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The checkout to write to; by default the current directory.",
)
def main(*, check: bool, root: Path) -> None:
    """Write what follows from the tables of kinds and images: crds/, manifests/, docs/kinds/, docs/built-in-images.md."""
    if not (root / "pyproject.toml").is_file():
        raise click.UsageError(
            f"{root.resolve()} is not a checkout: run this in the directory that holds pyproject.toml"
        )
    changes = files.differences(root, files.generated(root))
    if not check:
        files.write(root, changes)
    for path, text in changes.items():
        click.echo(f"{'stale' if check else 'removed' if text is None else 'wrote'}: {path}")
    if check and changes:
        click.echo("run `make generate` and commit what it wrote", err=True)
        sys.exit(1)


main(prog_name="python -m sagemaker_operator.generate")
