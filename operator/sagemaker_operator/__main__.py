"""The command line: ``sagemaker-operator run``.

Every flag can be given as an environment variable: ``--endpoint-url`` is ``SAGEMAKER_OPERATOR_ENDPOINT_URL``; those that may be
repeated take a list, ``SAGEMAKER_OPERATOR_NAMESPACES="a b"``. Importing is kept light, so that ``--help`` answers at once.
"""

import asyncio
import os
import socket
import sys
import uuid
from pathlib import Path

import click

from sagemaker_operator import __version__
from sagemaker_operator.composites.table import ALL_KINDS, lacking

_PREFIX = "SAGEMAKER_OPERATOR"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sagemaker-operator")
def main() -> None:
    """Keep SageMaker in step with the custom resources of a Kubernetes cluster."""


@main.command(context_settings={"auto_envvar_prefix": _PREFIX})
@click.option(
    "--kubeconfig", metavar="FILE", help="Kubeconfig; by default KUBECONFIG, the pod's own account, ~/.kube/config."
)
@click.option("--context", metavar="NAME", help="Context of the kubeconfig.")
@click.option(
    "--namespace", "namespaces", multiple=True, metavar="NAME", help="Serve this namespace only; may be repeated."
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(tuple(ALL_KINDS), case_sensitive=False),
    help="Serve this kind only; may be repeated.",
)
@click.option(
    "--region",
    metavar="NAME",
    help="AWS region of resources that name none; by default AWS_REGION or the AWS profile's.",
)
@click.option("--endpoint-url", metavar="URL", help="Where SageMaker is, such as an emulator; by default AWS.")
@click.option(
    "--cluster-name",
    default="kubernetes",
    show_default=True,
    metavar="NAME",
    help="This cluster's name in ownership tags.",
)
@click.option(
    "--deletion-policy",
    type=click.Choice(["Delete", "Retain", "Stop"]),
    help="For resources that name none; by default jobs are stopped and everything else is deleted.",
)
@click.option(
    "--image-overrides",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with registries and images that go before the shipped table of SageMaker's own.",
)
@click.option(
    "--analyzer-image",
    default="",
    metavar="IMAGE",
    help="The analyzer's image, for monitoring schedules that name none: docs/analyzer.md tells how to build it.",
)
@click.option("--workers", default=256, show_default=True, type=click.IntRange(1), help="Passes that may run at once.")
@click.option(
    "--threads", default=16, show_default=True, type=click.IntRange(1), help="AWS calls that may run at once."
)
@click.option(
    "--resync",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1),
    help="Seconds between looks at a service at rest.",
)
@click.option(
    "--drift", default=36000.0, show_default=True, type=click.FloatRange(1), help="Seconds between comparisons at rest."
)
@click.option(
    "--first-look",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="Seconds before the first look at what AWS is changing; the pauses after it grow from there.",
)
@click.option("--leader-elect/--no-leader-elect", default=True, show_default=True, help="Let other instances stand by.")
@click.option(
    "--lease-namespace", metavar="NAME", help="Namespace of the Lease; by default the pod's or the context's."
)
@click.option(
    "--lease-name", default="sagemaker-operator", show_default=True, metavar="NAME", help="Name of the Lease."
)
@click.option(
    "--identity", metavar="NAME", help="What this instance calls itself; by default host name and a random part."
)
@click.option(
    "--http-address",
    default="127.0.0.1:8080",
    show_default=True,
    metavar="HOST:PORT",
    help="Health, readiness, metrics.",
)
@click.option(
    "--log-level", default="info", show_default=True, type=click.Choice(["debug", "info", "warning", "error"])
)
@click.option("--log-format", default="json", show_default=True, type=click.Choice(["json", "text"]))
def run(*, kinds: tuple[str, ...], **options: object) -> None:
    """Run the operator until SIGTERM or SIGINT.

    AWS credentials come from boto3's default chain: environment, profile, web identity, pod identity, instance role.
    """
    from sagemaker_operator.app import serve  # noqa: PLC0415 - kopf and boto3 take a second to import
    from sagemaker_operator.settings import Settings  # noqa: PLC0415

    if kinds and (also := lacking(kinds)):
        raise click.UsageError(f"What some of these kinds are made of must be served too: add {also}")
    options["identity"] = options["identity"] or f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}"
    code = asyncio.run(serve(Settings(kinds=kinds or tuple(ALL_KINDS), **options)))  # type: ignore[arg-type]
    sys.stderr.flush()
    # Threads of calls that hang would keep the interpreter alive.
    os._exit(code)


if __name__ == "__main__":
    main()
