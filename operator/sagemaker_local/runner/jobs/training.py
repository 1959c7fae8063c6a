"""How training jobs are done: which are, and attempt after attempt until one is the last.

There is another attempt when spot capacity was taken away, or after trouble of ours that RetryStrategy covers.
"""

import contextlib
import shutil
from itertools import count
from typing import Final

from sagemaker_local.emulator.families.jobs.course import RESTART
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.contract.hosts import of_training
from sagemaker_local.runner.contract.reasons import JobFailed
from sagemaker_local.runner.crafts import Craft
from sagemaker_local.runner.jobs import inputs, programs, stages
from sagemaker_local.runner.jobs.attempt import Attempt
from sagemaker_local.runner.jobs.order import Order
from sagemaker_local.runner.jobs.programs import NotMade, Task, why_not
from sagemaker_local.runner.sandbox import ImageMissing, SandboxError
from sagemaker_local.runner.tools import Tools

_SIMULATED: Final = "sagemaker-local: this job is simulated: "
_SCRIPT: Final = "sagemaker_program"
_TRAIN: Final = ("train",)
"""As in `docker run image train` (the guide on how SageMaker runs a training image)."""


def refuses(job: Resource, tools: Tools) -> str | None:
    """Why a job is only simulated, as a line for its log; None if it is really done."""
    image = job.spec["AlgorithmSpecification"].get("TrainingImage")
    if not image:
        return f"{_SIMULATED}an algorithm of the Marketplace is not here, only images are"
    trouble = inputs.elsewhere(job.spec)
    if trouble is not None:
        return f"{_SIMULATED}{trouble}"
    why = why_not(image, tools, script=_has_script(job))
    if why is None and task(job, tools) is None:
        return f"{_SIMULATED}what runs for {image} does not train"
    return why


def work(assignment: Assignment, tools: Tools) -> None:
    """Do a job; returns when all is over and reported."""
    found = task(assignment.resource, tools)
    assert found is not None, "refuses() lets no such job begin"
    order = Order(assignment, tools, found)
    order.begin()
    retries = int(order.spec.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0))
    for number in count(1):
        directory = assignment.directory / str(number)
        try:
            if not _begins(order) or not Attempt(order, directory).go():
                return
        except JobFailed as failed:
            order.end("Failed", "Failed", reason=str(failed))
            return
        except ImageMissing as trouble:
            order.end("Failed", "Failed", reason=f"ClientError: {trouble}")
            return
        except (NotMade, SandboxError, OSError) as trouble:
            if order.stopping.is_set():
                order.end("Stopped", "Stopped")
                return
            if retries <= 0:
                order.end("Failed", "Failed", reason=f"InternalServerError: {trouble}")
                return
            retries -= 1
            _restart(order)
        finally:
            with contextlib.suppress(OSError):
                shutil.rmtree(directory)


def instances(job: Resource) -> int:
    """How many instances a job has."""
    return len(of_training(job.spec["ResourceConfig"]))


def task(job: Resource, tools: Tools) -> Task | None:
    """What is run for a job: what the image has, and what the request says of it; None if the image does not train."""
    algorithm: Json = job.spec["AlgorithmSpecification"]
    return programs.task(
        algorithm["TrainingImage"],
        tools,
        own=lambda program: program.train,
        entry=algorithm.get("ContainerEntrypoint") or (),
        arguments=algorithm.get("ContainerArguments") or (),
        usual=_TRAIN,
        script=_has_script(job),
    )


def _has_script(job: Resource) -> bool:
    return _SCRIPT in (job.spec.get("HyperParameters") or {})


def _begins(order: Order) -> bool:
    """Whether there is to be an attempt; what was stopped, or has waited too long before, ends at once."""
    if order.stopping.is_set():
        order.end("Stopped", "Stopped")
        return False
    if order.budget.over():
        order.enter("Stopping", status="Stopping")
        order.end("Stopped", order.budget.exceeded or stages.MAX_WAIT)
        return False
    return True


def _restart(order: Order) -> None:
    order.budget.pause()
    order.enter("Restarting")
    order.stopping.wait(RESTART / order.tools.speed)
    order.enter("Starting")


TRAINING_JOB: Final = Craft("TrainingJob", refuses, work, instances, queued=stages.QUEUED)
