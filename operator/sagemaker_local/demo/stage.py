"""What the demo plays on: a Kubernetes API server, an emulated SageMaker with data in its S3, and the operator.

All of it is started here and stopped here, in the opposite order, whatever happens in between. Not here: the play (`story`).
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sagemaker_local.cluster import Cluster
from sagemaker_local.demo import data
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.places import Manifests, shown
from sagemaker_local.demo.running import Operator
from sagemaker_local.demo.screen import Screen
from sagemaker_local.emulator import Emulator

REGION, ACCOUNT = "eu-west-1", "123456789012"
CRD_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
MOST_LINES = 7
BUCKET = "sagemaker-operator-digits"
SPEED = 50.0
"""A training job of six minutes takes seven seconds, an endpoint of four minutes five."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs, and a boto3 client of SageMaker (`aws`)."""

    cluster: Cluster
    sagemaker: Emulator
    aws: Any
    operator: Operator
    screen: Screen

    def kubectl(self, *args: str) -> None:
        """Run kubectl before the audience's eyes: the command, and what it says.

        Raises:
            KubectlFailed: it ended with an error.
        """
        _kubectl(self.cluster, self.screen, *args)

    def check(self) -> None:
        """Look whether all of it still runs.

        Raises:
            NotSeen, ClusterError: something ended.
        """
        self.operator.check()
        self.cluster.check()

    def inventory(self, kinds: tuple[str, ...]) -> Counter[str]:
        """How many resources of each of those kinds SageMaker has; it is SageMaker that is asked, not the operator."""
        return Counter({kind: count for kind in kinds if (count := len(self.sagemaker.resources(kind)))})

    def exports(self) -> str:
        """Shell lines that point kubectl and the AWS SDKs here."""
        settings = {
            "KUBECONFIG": self.cluster.kubeconfig,
            "AWS_ENDPOINT_URL": self.sagemaker.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        return "\n".join(f"export {name}={value}" for name, value in settings.items())


@contextmanager
def stage(manifests: Manifests, screen: Screen) -> Iterator[Stage]:
    """Start everything; when the block ends, stop it and make sure that nothing is left.

    Raises:
        ClusterError, KubectlFailed: the API server does not start, or refuses the CRDs.
        NotSeen: the operator does not start, or does not stop as it was asked to.
    """
    with ExitStack() as stack:
        sagemaker = stack.enter_context(Emulator.start(speed=SPEED))
        # Both take seconds, and neither needs the other.
        pool = stack.enter_context(ThreadPoolExecutor(1))
        sending = pool.submit(data.upload, sagemaker.client("s3", REGION, ACCOUNT), bucket=BUCKET, region=REGION)
        asking = pool.submit(sagemaker.client, "sagemaker", REGION, ACCOUNT)
        cluster = stack.enter_context(Cluster.start())
        screen.did(f"a Kubernetes API server runs on {cluster.server}, from {cluster.origin}")
        screen.did(f"an emulated SageMaker runs on {sagemaker.url}, {SPEED:.0f} times as fast as AWS")
        sent = sending.result()
        screen.did(f"{sent.train} digits to train on and {sent.validation} to validate with are in s3://{sent.bucket}/")
        screen.say()
        _kubectl(cluster, screen, "apply", "--server-side", "-k", shown(manifests.crds))
        _wait_until_served(cluster)
        operator = stack.enter_context(
            Operator.start(cluster, endpoint_url=sagemaker.url, region=REGION, account=ACCOUNT)
        )
        screen.did(f"the operator runs as process {operator.pid}")
        yield Stage(cluster, sagemaker, asking.result(), operator, screen)
        code = operator.stop()
        if code != 0:
            raise NotSeen(f"the operator stopping as it was asked to: its exit code was {code}")
    if cluster.directory.exists():
        raise NotSeen(f"everything removed: {cluster.directory} is still there")


def _kubectl(cluster: Cluster, screen: Screen, *args: str) -> None:
    screen.say(f"$ kubectl {' '.join(args)}")
    lines = cluster.kubectl(*args).stdout.rstrip().splitlines()
    more = len(lines) - MOST_LINES
    screen.say("\n".join([*lines[:MOST_LINES], f"… and {more} more"] if more > 1 else lines))


def _wait_until_served(cluster: Cluster) -> None:
    deadline = time.monotonic() + CRD_SECONDS
    while unserved := cluster.unserved_crds():
        if time.monotonic() > deadline:
            raise NotSeen(f"the CRDs served within {CRD_SECONDS:.0f} s: {', '.join(unserved)} are not")
        time.sleep(LOOK_AGAIN_SECONDS)
