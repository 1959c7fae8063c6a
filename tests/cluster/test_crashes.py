"""The operator is killed at any moment, again and again, while AWS loses replies and throttles: nothing is done twice, nothing is
forgotten, and nothing is left behind.

Every run goes another way. A run is repeated, as far as the machine allows, by the seed that it prints: CRASH_SEED=… pytest …
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.builders import Manifest, endpoint, endpoint_config, example, model, training_job
from tests.cluster.operating import Operator, environment
from tests.cluster.user import Object, User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import KINDS

JOBS, ENDPOINTS = 30, 10
KILLS_AT_WORK, KILLS_AT_THE_END = 35, 14
NUMBERED = 4
# Those whose names the operator chooses; the others get ids from SageMaker.
NAMED = ("TrainingJob", "Model", "EndpointConfig", "Endpoint")
SHORTEST_LIFE, LONGEST_LIFE = 0.15, 1.0


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("CRASH_SEED") or random.randrange(10**6))
    print(f"CRASH_SEED={seed} repeats this run")
    return random.Random(seed)


@pytest.fixture
def unreliable(chance: random.Random) -> Iterator[Emulator]:
    """A SageMaker that throttles 10 % of all calls and loses 5 % of all replies, after it has done what it was asked for."""
    with Emulator.start(speed=60, seed=chance.randrange(10**6), check_s3=False) as emulator:
        emulator.faults.throttle(".*", probability=0.1)
        emulator.faults.lose_reply(".*", probability=0.05)
        yield emulator


@pytest.fixture
def mortal(user: User, unreliable: Emulator, tmp_path: Path, kinds: list[str]) -> Iterator[Operator]:
    flags = (f"--endpoint-url={unreliable.url}", f"--namespace={user.namespace}", "--no-leader-elect", *kinds)
    operator = Operator(flags, environment(kubeconfig=user.cluster.kubeconfig, home=tmp_path), tmp_path / "log")
    yield operator
    if operator.running:
        operator.kill()
    print(*operator.lines()[-100:], sep="\n")
    assert "Traceback" not in operator.log.read_text()


@pytest.mark.serves(*NAMED, "ModelPackageGroup", "ModelPackage", "Pipeline", "PipelineExecution", "Domain", "MlflowApp")
def test_killed_fifty_times_the_operator_does_everything_once_and_leaves_nothing(
    user: User, mortal: Operator, unreliable: Emulator, chance: random.Random
) -> None:
    manifests = [*fleet(), *numbered()]
    names = apply_while_killing(user, mortal, chance, manifests, kills=KILLS_AT_WORK)
    mortal.start(wait=False)
    user.wait(*names, condition="Ready", seconds=90)
    objects = user.objects()
    assert created(unreliable) == Counter(dict.fromkeys(sagemaker_names(objects), 1)), (
        "one Create that was carried out for each"
    )
    assert shown(objects) == actual(unreliable)
    kinds = Counter(manifest["kind"] for manifest in manifests)
    assert {kind: len(unreliable.resources(kind)) for kind in kinds} == dict(kinds)
    assert len({o["status"]["arn"] for o in objects}) == len(manifests)

    mortal.kill_after(0)
    delete_while_killing(user, mortal, chance, kills=KILLS_AT_THE_END)
    mortal.start(wait=False)

    user.kubectl("delete", "sagemaker", "--all", "--timeout=90s")
    assert {kind: unreliable.resources(kind) for kind in KINDS} == {kind: [] for kind in KINDS}
    assert user.objects() == []
    print(unreliable.journal.counts())


def apply_while_killing(
    user: User, operator: Operator, chance: random.Random, manifests: list[Manifest], *, kills: int
) -> list[str]:
    """Applies everything in random order, a few objects in each life of the operator; gives the objects' names."""
    chance.shuffle(manifests)
    share = -(-len(manifests) // (kills * 2 // 3))
    with ThreadPoolExecutor(1) as thread:
        applied: list[Future[None]] = []
        for life in range(kills):
            operator.start(wait=False)
            if batch := manifests[life * share : (life + 1) * share]:
                applied.append(thread.submit(user.apply, *batch))
            operator.kill_after(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
        for future in applied:
            future.result()
    return [f"{m['kind'].lower()}/{m['metadata']['name']}" for m in manifests]


def delete_while_killing(user: User, operator: Operator, chance: random.Random, *, kills: int) -> None:
    with ThreadPoolExecutor(1) as thread:
        operator.start(wait=False)
        deleted = thread.submit(user.kubectl, "delete", "sagemaker", "--all", "--wait=false")
        for _ in range(kills - 1):
            operator.kill_after(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
            operator.start(wait=False)
        operator.kill_after(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
        deleted.result()


def fleet() -> list[Manifest]:
    variant = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    return [
        model("digits"),
        endpoint_config("digits", productionVariants=[{**variant, "modelRef": {"name": "digits"}}]),
        *(training_job(f"job-{n}", deletionPolicy="Delete") for n in range(JOBS)),
        *(
            endpoint(f"endpoint-{n}", endpointConfigName=None, endpointConfigRef={"name": "digits"})
            for n in range(ENDPOINTS)
        ),
    ]


def numbered() -> list[Manifest]:
    """Resources that SageMaker knows by ids of its own: found in lists, or held together by a token."""
    here = {"name": "digits"}
    versions = [
        *(example("ModelPackage", modelPackageGroupRef=here) for _ in range(NUMBERED)),
        *(example("PipelineExecution", pipelineRef=here, pipelineParameters=None) for _ in range(NUMBERED)),
        *(example("MlflowApp") for _ in range(NUMBERED)),
    ]
    for number, manifest in enumerate(versions):
        manifest["metadata"]["name"] = f"digits-{number}"
    pipeline = example("Pipeline", pipelineDefinition='{"Version": "2020-12-01", "Steps": []}')
    return [example("ModelPackageGroup"), pipeline, example("Domain"), *versions]


def created(sagemaker: Emulator) -> Counter[str]:
    """How often each resource with a name was created, whether or not the operator heard of it."""
    return Counter(
        next(value for member, value in entry.parameters.items() if member == f"{kind}Name")
        for kind in NAMED
        for entry in sagemaker.journal.entries(f"Create{kind}")
        if entry.committed
    )


def sagemaker_names(objects: list[Object]) -> list[str]:
    return [o["status"][KINDS[o["kind"]].identity_field] for o in objects if o["kind"] in NAMED]


def shown(objects: list[Object]) -> dict[str, str]:
    """What the statuses say about everything that has a name and a state."""
    told = ((o["status"], KINDS[o["kind"]].status_field) for o in objects if o["kind"] in NAMED)
    return {status["arn"]: status[state] for status, state in told if state}


def actual(sagemaker: Emulator) -> dict[str, str]:
    """What SageMaker says, once nothing goes wrong any more."""
    sagemaker.faults.clear()
    ask = sagemaker.client()
    jobs = ask.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    endpoints = ask.list_endpoints(MaxResults=100)["Endpoints"]
    sagemaker.faults.throttle(".*", probability=0.1)
    sagemaker.faults.lose_reply(".*", probability=0.05)
    return {job["TrainingJobArn"]: job["TrainingJobStatus"] for job in jobs} | {
        found["EndpointArn"]: found["EndpointStatus"] for found in endpoints
    }
