"""What the demo plays on: a Kubernetes API server, an emulated SageMaker with data in its S3, and the operator.

All of it is started here and stopped here, in the opposite order, whatever happens in between. Not here: the play (`story`).
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from sagemaker_local.cluster import Cluster, places
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.places import shown
from sagemaker_local.demo.running import Operator
from sagemaker_local.demo.screen import Screen
from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.images import Environments, Registry, Unmakeable

REGION, ACCOUNT = "eu-west-1", "123456789012"
CRD_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
MOST_LINES = 7
SPEED = 50.0
"""Only waiting is so much faster, and limits: what is trained and served takes the time that it takes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a play needs besides.

    Attributes:
        send: puts data into S3, given a client, and tells what.
        environments: what the programs of its images run in, with the words for it: made before the first job needs them, so that
            people see what takes a minute the first time.
        speed: how much faster than at AWS waiting is.
    """

    send: Callable[[Any], str]
    environments: dict[str, str]
    speed: float = SPEED


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs, and boto3 clients of SageMaker (`aws`), of its endpoints (`runtime`) and of S3."""

    cluster: Cluster
    sagemaker: Emulator
    aws: Any
    runtime: Any
    s3: Any
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

    def read(self, bucket: str, key: str) -> str:
        """The text of an object in S3.

        Raises:
            NotSeen: it is not there.
        """
        try:
            return str(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
        except ClientError as missing:
            raise NotSeen(f"s3://{bucket}/{key}: {missing}") from missing

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
def stage(crds: Path, screen: Screen, setting: Setting) -> Iterator[Stage]:
    """Start everything; when the block ends, stop it and make sure that nothing is left.

    Raises:
        ClusterError, KubectlFailed: the API server does not start, or refuses the CRDs.
        NotSeen: the operator does not start, or does not stop as it was asked to.
    """
    with ExitStack() as stack:
        sagemaker = stack.enter_context(Emulator.start(speed=setting.speed, execution=Execution()))
        s3, aws, runtime = (
            sagemaker.client(name, REGION, ACCOUNT) for name in ("s3", "sagemaker", "sagemaker-runtime")
        )
        # All of it takes seconds, the first time a minute and more, and none of it needs the other.
        pool = stack.enter_context(ThreadPoolExecutor(2))
        sending, preparing = pool.submit(setting.send, s3), pool.submit(_prepare, tuple(setting.environments))
        cluster = stack.enter_context(Cluster.start())
        screen.did(f"a Kubernetes API server runs on {cluster.server}, from {cluster.origin}")
        screen.did(
            f"an emulated SageMaker runs on {sagemaker.url}; it really trains and predicts, and waits for nothing else"
        )
        _done(preparing)
        for said in setting.environments.values():
            screen.did(said)
        screen.did(_done(sending))
        screen.say()
        _kubectl(cluster, screen, "apply", "--server-side", "-k", shown(crds))
        _wait_until_served(cluster)
        operator = stack.enter_context(
            Operator.start(cluster, endpoint_url=sagemaker.url, region=REGION, account=ACCOUNT)
        )
        screen.did(f"the operator runs as process {operator.pid}")
        yield Stage(cluster, sagemaker, aws, runtime, s3, operator, screen)
        code = operator.stop()
        if code != 0:
            raise NotSeen(f"the operator stopping as it was asked to: its exit code was {code}")
    if cluster.directory.exists():
        raise NotSeen(f"everything removed: {cluster.directory} is still there")


def _prepare(environments: tuple[str, ...]) -> None:
    registry = Registry.load()
    for environment in environments:
        Environments(registry.recipes, places.cache(os.environ)).ready(environment, lambda _: None)


def _done(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except Unmakeable as failure:
        raise NotSeen(f"the environment of a program: {failure}") from failure


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
