"""The command `sagemaker-local emulator`."""

import ipaddress
import signal
from pathlib import Path

import click

from sagemaker_local.emulator.core import PROFILES
from sagemaker_local.emulator.emulator import LOOPBACK, Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.options import Work, about_work
from sagemaker_local.runner.sandbox import Sandbox

HOWTO = """\
An emulated SageMaker listens on {url}. {work}

  AWS CLI   export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION=us-east-1 \\
              AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=any
            aws sagemaker list-training-jobs
  boto3     boto3.client("sagemaker", endpoint_url="{url}", region_name="us-east-1",
              aws_access_key_id="123456789012", aws_secret_access_key="any")
  Control   curl {url}/_sagemaker-local/

An access key of 12 digits is the account that it works in. Press Ctrl-C to stop."""


EXECUTES = "It trains and predicts on this machine, and costs nothing."
SIMULATES = "It runs nothing and costs nothing."
STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})


@click.command("emulator")
@click.option("--port", default=4580, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    help="Address to listen on; 0.0.0.0 lets in whoever reaches this machine.",
)
@click.option("--speed", default=1.0, show_default=True, help="How much faster than SageMaker work proceeds.")
@click.option("--latency", default=0.0, show_default=True, help="Seconds by which every answer is delayed.")
@click.option("--seed", default=0, show_default=True, help="Makes faults with a probability repeatable.")
@click.option("--virtual", is_flag=True, help="Let time stand still until the control API advances it.")
@click.option(
    "--check-s3/--no-check-s3", default=True, help="Refuse training jobs whose input is not in the emulated S3."
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep what exists in this directory, over restarts.",
)
@click.option(
    "--profile",
    type=click.Choice(sorted(PROFILES)),
    default="free",
    show_default=True,
    help="free: no limits. aws: the request rates that AWS has published, and lists and reads that lag. new-customer: what AWS "
    "has closed to new customers (Model Monitor) is refused.",
)
@about_work
def emulator(
    *,
    port: int,
    host: str,
    speed: float,
    latency: float,
    seed: int,
    virtual: bool,
    check_s3: bool,
    state: Path | None,
    profile: str,
    work: Work,
) -> None:
    """Serve an emulated SageMaker on this machine until interrupted."""
    execute = not virtual and _is_loopback(host) if work.execute is None else work.execute
    execution = Execution(slots=work.slots, images=work.images, servers=work.servers)
    # Blocked before any thread starts, so that only sigwait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        running = Emulator.start(
            port,
            host=host,
            speed=speed,
            virtual=virtual,
            latency=latency,
            seed=seed,
            check_s3=check_s3,
            state=state,
            profile=profile,
            execution=execution if execute else None,
        )
    except (OSError, ValueError, OverflowError) as problem:
        raise click.ClickException(f"cannot start on port {port} of {host}: {problem}") from None
    with running:
        click.echo(HOWTO.format(url=running.url, work=EXECUTES if execute else SIMULATES))
        if execute and (shortfall := Sandbox().shortfall):
            click.echo(f"\n{shortfall}", err=True)
        signal.sigwait(STOPPING)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
