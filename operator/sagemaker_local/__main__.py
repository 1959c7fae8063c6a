"""The command `sagemaker-local`: its subcommands by name, each imported only when it is called.

Not here: what they do; each is a click command in the package it belongs to.
"""

import importlib
from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Entry:
    """One subcommand: what it is for, where it is, and the extra of the package that brings what it needs."""

    summary: str
    module: str
    attribute: str
    extra: str = "local"


COMMANDS = {
    "up": Entry("Start a Kubernetes API server and an emulated SageMaker.", "cluster.command", "up"),
    "status": Entry("Tell what runs: addresses, health, memory.", "cluster.command", "status"),
    "down": Entry("Stop them and remove their data.", "cluster.command", "down"),
    "prepare": Entry("Find or build the API server, and start nothing.", "cluster.command", "prepare"),
    "emulator": Entry("Run the emulated SageMaker alone.", "runner.command", "emulator", extra="emulator"),
    "demo": Entry("Train, deploy and monitor a model, from one kubectl apply.", "demo.command", "demo"),
    "drift": Entry("Let the inputs of a model drift, and see it trained anew.", "demo.drift.command", "drift"),
}


class LazyCommands(click.Group):
    """Knows its commands from the table above, so that --help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of use."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import one command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        try:
            module = importlib.import_module(f"sagemaker_local.{entry.module}")
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{cmd_name} needs {error.name}, which is not installed: "
                f"pip install 'sagemaker-operator[{entry.extra}]' brings all it needs"
            ) from error
        command: click.Command = getattr(module, entry.attribute)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sagemaker-operator", prog_name="sagemaker-local")
def main() -> None:
    """A Kubernetes API server and an emulated SageMaker on this machine.

    No AWS account, no container engine and no root are needed. This SageMaker is emulated: it
    trains and predicts on this machine, and bills nothing.
    """


if __name__ == "__main__":
    main(prog_name="sagemaker-local")
