"""Settled objects cost nothing: no calls, no writes, not even when the operator starts anew."""

from collections import Counter
from collections.abc import Callable

from tests.builders import Manifest, endpoint, endpoint_config, model, training_job
from tests.cluster.conftest import SPEED
from tests.cluster.operating import Operator
from tests.cluster.user import User, versions

from sagemaker_local.emulator import Emulator

MODELS, JOBS, ENDPOINTS = 100, 80, 20


def test_200_settled_objects_cause_no_write_over_a_restart_and_no_call_but_for_the_look_at_services(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    operator = operators("--no-leader-elect", "--resync=2")
    operator.start()
    user.apply(*settling())
    user.wait_for_all("Ready")
    before = versions(user.objects())
    assert len(before) == MODELS + JOBS + ENDPOINTS + 1
    operator.stop()
    sagemaker.journal.clear()

    operator.start()
    sagemaker.scenarios.take("TrainingJob", "", seconds=5 * SPEED)
    user.apply(training_job("meanwhile"))
    user.wait("trainingjob/meanwhile", condition="Ready")

    after = versions(user.objects())
    after.pop("TrainingJob/meanwhile")
    assert after == before, "five seconds later"
    called = Counter(
        entry.operation for entry in sagemaker.journal.entries() if "meanwhile" not in str(entry.parameters)
    )
    assert called.keys() <= {"ListEndpoints", "DescribeEndpoint"}
    assert called["DescribeEndpoint"] < ENDPOINTS, "from the ninth on they are only listed"


def settling() -> list[Manifest]:
    variant = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    return [
        *(model(f"model-{n}") for n in range(MODELS)),
        *(training_job(f"job-{n}") for n in range(JOBS)),
        endpoint_config("config", productionVariants=[{**variant, "modelRef": {"name": "model-0"}}]),
        *(
            endpoint(f"endpoint-{n}", endpointConfigName=None, endpointConfigRef={"name": "config"})
            for n in range(ENDPOINTS)
        ),
    ]
