"""The work of a TransformJob: servers of its model, its files through them, and how it ends."""

import contextlib
import http.client
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.crafts import Craft
from sagemaker_local.runner.serving.artifacts import Unservable
from sagemaker_local.runner.serving.blueprint import Blueprint, of_model
from sagemaker_local.runner.serving.server import Hall, ModelServer, Withdrawn, simulated
from sagemaker_local.runner.tools import Tools
from sagemaker_local.runner.transform.asking import Asking
from sagemaker_local.runner.transform.captured import manifests
from sagemaker_local.runner.transform.conversion import Conversion
from sagemaker_local.runner.transform.inputs import BadInput, InputFile, find, shares
from sagemaker_local.runner.transform.instance import Logs, Results, Share, logs_of
from sagemaker_local.runner.transform.reasons import ALGORITHM, CLIENT, GONE, NOT_SERVED
from sagemaker_local.runner.transform.settings import Settings, settings, wishes_of
from sagemaker_local.runner.transform.shaping import BadData, Shape, shape

PATIENCE: Final = 1800.0
"""Seconds of SageMaker's time until a container must be healthy (a maintainer in amazon-sagemaker-examples#815)."""
LEAST_PATIENCE: Final = 15.0
NO_MODEL: Final = "sagemaker-local: the model {name} is gone, so this job is simulated."
_TEXT: Final = "application/octet-stream"


def refuses(job: Resource, tools: Tools) -> str | None:
    """Why a job is only simulated; None if it is really done."""
    plan = blueprint(job, tools)
    return NO_MODEL.format(name=job.spec["ModelName"]) if plan is None else simulated(plan, tools)


def blueprint(job: Resource, tools: Tools) -> Blueprint | None:
    """The containers of a job's model, with the environment that the job gives them; None if there is no such model."""
    with tools.desk.lock:
        world = tools.desk.service.world
        model = world.find(job.place, "Model", job.spec["ModelName"])
        if model is None:
            return None

        def package(name: str) -> Json | None:
            found = world.store.find_arn(name) or world.find(job.place, "ModelPackage", name)
            return found.spec if found is not None else None

        plan = of_model(model.spec, package)
    told = {**settings(job.spec, {}).environment(), **job.spec.get("Environment", {})}
    containers = tuple(replace(one, environment={**one.environment, **told}) for one in plan.containers)
    return replace(plan, containers=containers)


def work(assignment: Assignment, tools: Tools) -> None:
    """Do a job; blocks until all is over and reported."""
    _Work(assignment, tools).run()


def instances(job: Resource) -> int:
    """How many instances work for a job."""
    return int(job.spec["TransformResources"]["InstanceCount"])


TRANSFORM: Final = Craft("TransformJob", refuses, work, instances)


class _Work:
    """One job on its way."""

    def __init__(self, assignment: Assignment, tools: Tools) -> None:
        self._assignment, self._tools = assignment, tools
        self._job = assignment.resource
        self._spec: Json = self._job.spec
        self._began = tools.desk.now()
        self._results = Results()
        self._unserved: str | None = None
        self._servers: list[ModelServer] = []
        self._over = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> None:
        enter, first = self._tools.desk.enter, logs_of(self._job, 0, self._began, self._tools)
        try:
            files = find(self._spec["TransformInput"]["DataSource"]["S3DataSource"], self._tools.s3, self._job.place)
            shaped = self._shape()
        except (BadInput, BadData) as wrong:
            first.say(f"ClientError: {wrong}")
            enter(self._assignment, "Failed", "Failed", reason=CLIENT.text)
            return
        plan = blueprint(self._job, self._tools)
        threading.Thread(target=self._watch, name=f"stop {self._job.name}", daemon=True).start()
        try:
            if plan is None:
                self._unserved = GONE.text.format(name=self._spec["ModelName"])
            elif not self._assignment.stopping.is_set():
                self._serve(plan, files, shaped)
        except Unservable as wrong:
            self._unserved = str(wrong)
        except Withdrawn:
            pass
        finally:
            self._over.set()
            self._end_servers()
        self._report()

    def _serve(self, plan: Blueprint, files: list[InputFile], shaped: Shape) -> None:
        """Start the servers, and transform what each of them has to."""
        count = max(1, min(instances(self._job), len(files), self._tools.slots))
        logs = [logs_of(self._job, number, self._began, self._tools) for number in range(count)]
        with ThreadPoolExecutor(count) as threads:
            servers = list(threads.map(lambda number: self._start(plan, number, logs[number]), range(count)))
            self._tools.desk.enter(self._assignment, "InProgress", "Transforming")
            parts = [
                self._share(server, part, shaped, log)
                for server, part, log in zip(servers, shares(files, count), logs, strict=True)
            ]
            for done in [threads.submit(part.transform, self._results) for part in parts]:
                done.result()

    def _start(self, plan: Blueprint, number: int, logs: Logs) -> ModelServer:
        hall = Hall(
            place=self._job.place,
            directory=self._assignment.directory / f"instance-{number + 1}",
            tools=self._tools,
            write=lambda _: logs.server.write,
            unhealthy=lambda _: ALGORITHM.text,
            patience=max(PATIENCE / self._tools.speed, LEAST_PATIENCE),
            withdrawn=self._assignment.stopping,
        )
        server = ModelServer.start(plan, hall)
        with self._lock:
            self._servers.append(server)
        return server

    def _share(self, server: ModelServer, files: list[InputFile], shaped: Shape, logs: Logs) -> Share:
        asked = settings(self._spec, self._wishes(server))
        logs.say(asked.sentence())
        return Share(
            files=files,
            conversion=Conversion(
                self._asking(server, asked, shaped),
                shaped,
                self._spec["TransformInput"].get("SplitType", "None"),
                self._spec["TransformOutput"].get("AssembleWith", "None"),
            ),
            compression=self._spec["TransformInput"].get("CompressionType", "None"),
            output=self._spec["TransformOutput"]["S3OutputPath"],
            place=self._job.place,
            tools=self._tools,
            logs=logs,
        )

    def _asking(self, server: ModelServer, asked: Settings, shaped: Shape) -> Asking:
        return Asking(
            server,
            asked,
            shaped.content_type or _TEXT,
            shaped.accept or "*/*",
            asked.real_seconds(self._tools.speed),
            self._assignment.stopping,
        )

    def _wishes(self, server: ModelServer) -> Json:
        """What the first container answers when it is asked for its parameters."""
        address = urlsplit(server.url(server.blueprint.containers[0]))
        connection = http.client.HTTPConnection(address.netloc, timeout=LEAST_PATIENCE)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/execution-parameters")
            answer = connection.getresponse()
            return wishes_of(answer.status, answer.read())
        return {}

    def _shape(self) -> Shape:
        capture: Json = self._spec.get("DataCaptureConfig", {})
        ids: Callable[[], str] | None = (lambda: str(uuid.uuid4())) if capture.get("GenerateInferenceId") else None
        return shape(
            self._spec.get("DataProcessing", {}),
            content_type=self._spec["TransformInput"].get("ContentType", ""),
            accept=self._spec["TransformOutput"].get("Accept", ""),
            ids=ids,
            time=datetime.fromtimestamp(self._began, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    def _watch(self) -> None:
        """When the job is to be stopped, no answer is waited for any longer."""
        while not self._over.is_set():
            if self._assignment.stopping.wait(1.0):
                self._end_servers()
                return

    def _end_servers(self) -> None:
        with self._lock:
            servers = list(self._servers)
        for server in servers:
            server.stop(grace=1.0)

    def _report(self) -> None:
        enter, assignment, reason = self._tools.desk.enter, self._assignment, self._results.reason
        if assignment.stopping.is_set():
            enter(assignment, "Stopped", "Stopped")
            return
        self._capture()
        if self._unserved is not None:
            known = self._unserved == ALGORITHM.text
            enter(
                assignment,
                "Failed",
                "Failed",
                reason=self._unserved if known else NOT_SERVED.text.format(why=self._unserved),
            )
        elif reason is not None:
            enter(assignment, "Failed", "Failed", reason=reason.text)
        else:
            enter(assignment, "Completed", "Completed")

    def _capture(self) -> None:
        """Leave manifests for Model Monitor."""
        config: dict[str, Any] = self._spec.get("DataCaptureConfig", {})
        if not config:
            return
        done = sorted(zip(self._results.read, self._results.written, strict=True), key=lambda pair: pair[0].key)
        read, written = [pair[0] for pair in done], [pair[1] for pair in done]
        name = str(uuid.uuid4())
        for address, body in manifests(config["DestinationS3Uri"], read, written, began=self._began, name=name):
            if not self._tools.s3.put(self._job.place, address, body):
                logs_of(self._job, 0, self._began, self._tools).say(
                    f"ClientError: nothing is captured: no bucket at {address}"
                )
