"""One instance of a transform job: its model server, its share of the files, and its two logs."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from sagemaker_local.emulator.resource import Place, Resource
from sagemaker_local.runner.contract.reasons import Reason
from sagemaker_local.runner.logbook import Writer
from sagemaker_local.runner.objects import Address
from sagemaker_local.runner.tools import Tools
from sagemaker_local.runner.transform.conversion import Conversion, Stopped
from sagemaker_local.runner.transform.inputs import BadInput, InputFile, content, output_of
from sagemaker_local.runner.transform.reasons import ALGORITHM, CLIENT, NOT_WRITTEN, Trouble

GROUP: Final = "/aws/sagemaker/TransformJobs"


@dataclass(slots=True)
class Results:
    """What became of the files of a job. Every method may be called from any thread."""

    read: list[Address] = field(default_factory=list)
    written: list[Address] = field(default_factory=list)
    reason: Reason | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self, file: InputFile, output: Address) -> None:
        """A file was transformed."""
        with self._lock:
            self.read.append(file.address)
            self.written.append(output)

    def fail(self, *, of_client: bool) -> None:
        """A file was not; what the model did wrong weighs more than what is wrong with the data."""
        with self._lock:
            if self.reason is not ALGORITHM:
                self.reason = CLIENT if of_client else ALGORITHM


@dataclass(frozen=True, slots=True)
class Logs:
    """The streams of an instance: what its server writes, and what SageMaker writes of its requests."""

    server: Writer
    data: Writer
    now: Callable[[], float]

    def say(self, text: str) -> None:
        """A line of the data log, as in amazon-sagemaker-examples#1620."""
        time = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        self.data.write(f"{time}:[sagemaker logs]: {text}")


def logs_of(job: Resource, number: int, began: float, tools: Tools) -> Logs:
    """The logs of an instance, whose id is invented from the job's ARN as in a simulated job."""
    instance = blake2b(f"{job.arn}/{number}".encode(), digest_size=9).hexdigest()[:17]
    name = f"{job.name}/i-{instance}-{int(began)}"
    return Logs(
        tools.log.stream(job.place, GROUP, name),
        tools.log.stream(job.place, GROUP, f"{name}/data-log"),
        tools.desk.now,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """The files of one instance, and how they are transformed.

    Attributes:
        compression: of the input: None or Gzip.
        output: S3OutputPath.
    """

    files: list[InputFile]
    conversion: Conversion
    compression: str
    output: str
    place: Place
    tools: Tools
    logs: Logs

    def transform(self, results: Results) -> None:
        """Transform all files; returns when each has an output, has failed, or is not wanted any more."""
        at_once = self.conversion.asking.settings.concurrent
        with ThreadPoolExecutor(at_once) as requests, ThreadPoolExecutor(at_once) as files:
            for future in [files.submit(self._one, file, requests, results) for file in self.files]:
                future.result()

    def _one(self, file: InputFile, requests: ThreadPoolExecutor, results: Results) -> None:
        if self.conversion.asking.stopping.is_set():
            return
        with contextlib.suppress(Stopped):
            try:
                body = content(file, self.tools.s3, self.place, compression=self.compression)
                output = output_of(file, self.output)
                if not self.tools.s3.put(self.place, output, self.conversion.convert(body, requests)):
                    raise Trouble([NOT_WRITTEN.text.format(path=self.output)], of_client=True)  # noqa: TRY301
                results.done(file, output)
            except BadInput as wrong:
                self._complain(file, Trouble([f"ClientError: {wrong}"], of_client=True), results)
            except Trouble as trouble:
                self._complain(file, trouble, results)

    def _complain(self, file: InputFile, trouble: Trouble, results: Results) -> None:
        for line in trouble.lines:
            self.logs.say(f"{file.shown}: {line}")
        results.fail(of_client=trouble.of_client)
