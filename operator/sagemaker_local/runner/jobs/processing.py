"""How processing jobs are done: inputs to disk, the program in a container for each instance, outputs to S3."""

import contextlib
import time
from collections.abc import Callable
from typing import Final

from sagemaker_local.emulator.families.jobs.processing import FINISHED
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.contract import documents, environment, exits, reasons
from sagemaker_local.runner.contract.hosts import Host, addresses, of_processing
from sagemaker_local.runner.contract.pipes import Feeder
from sagemaker_local.runner.contract.reasons import LONGEST, JobFailed
from sagemaker_local.runner.contract.sources import Share
from sagemaker_local.runner.crafts import Craft
from sagemaker_local.runner.jobs import crew, monitors, programs, transfers
from sagemaker_local.runner.jobs.crew import Crew, Member
from sagemaker_local.runner.jobs.launch import launch, told, volume_of
from sagemaker_local.runner.jobs.limits import Budget
from sagemaker_local.runner.jobs.output import escaped
from sagemaker_local.runner.jobs.programs import Command, NotMade, Task, why_not
from sagemaker_local.runner.jobs.shelf import AccountShelf
from sagemaker_local.runner.jobs.transfers import Outputs
from sagemaker_local.runner.logbook import Writer
from sagemaker_local.runner.sandbox import ImageMissing, SandboxError
from sagemaker_local.runner.tools import Tools

GROUP: Final = "/aws/sagemaker/ProcessingJobs"
EVERY: Final = 1.0
"""Real seconds between two looks for files that are uploaded continuously."""
_SIMULATED: Final = "sagemaker-local: this job is simulated: "


def refuses(job: Resource, tools: Tools) -> str | None:
    """Why a job is only simulated, as a line for its log; None if it is really done."""
    image = job.spec["AppSpecification"]["ImageUri"]
    trouble = transfers.elsewhere(job.spec)
    if trouble is not None:
        return f"{_SIMULATED}{trouble}"
    why = why_not(image, tools)
    if why is None and task(job, tools) is None:
        return f"{_SIMULATED}what runs for {image} has no entry point for processing, and the job names none"
    return why


def work(assignment: Assignment, tools: Tools) -> None:
    """Do a job; returns when all is over and reported."""
    found = task(assignment.resource, tools)
    assert found is not None, "refuses() lets no such job begin"
    processing = _Processing(assignment, tools, found)
    try:
        processing.run()
    except JobFailed as failed:
        processing.end("Failed", reason=str(failed))
    except ImageMissing as trouble:
        processing.end("Failed", reason=f"ClientError: {trouble}")
    except (NotMade, SandboxError, OSError) as trouble:
        if assignment.stopping.is_set():
            processing.end("Stopped")
        else:
            processing.end("Failed", reason=f"InternalServerError: {trouble}")


def instances(job: Resource) -> int:
    """How many instances a job has."""
    return len(of_processing(job.spec["ProcessingResources"].get("ClusterConfig", {})))


def task(job: Resource, tools: Tools) -> Task | None:
    """What is run for a job; None if neither it nor its image has an entry point."""
    application: Json = job.spec["AppSpecification"]
    return programs.task(
        application["ImageUri"],
        tools,
        own=lambda program: program.process,
        entry=application.get("ContainerEntrypoint") or (),
        arguments=application.get("ContainerArguments") or (),
    )


PROCESSING_JOB: Final = Craft("ProcessingJob", refuses, work, instances)


class _Processing:
    """One processing job on its way."""

    def __init__(self, assignment: Assignment, tools: Tools, what: Task) -> None:
        self._assignment, self._tools, self._task = assignment, tools, what
        self._job, self._spec = assignment.resource, assignment.resource.spec
        self._cluster: Json = self._spec["ProcessingResources"].get("ClusterConfig", {})
        self._hosts = of_processing(self._cluster)
        self._shelf = AccountShelf(tools.s3, self._job.place)
        self._budget = Budget(self._spec["StoppingCondition"], tools.speed, self._job.created, tools.desk.now)
        self._addresses = addresses(self._hosts, self._job.arn)
        self._told = told(self._hosts, self._addresses, what)
        self._streams: list[Writer] = []
        self._members = [self._member(host) for host in self._hosts]
        self._crew = Crew(assignment, tools, self._members)
        self._outputs = [Outputs(self._spec, member.volume, self._shelf) for member in self._members]
        self._feeders: list[Feeder] = []
        self._next = 0.0

    def run(self) -> None:
        """From its inputs to its outputs. Raises JobFailed, NotMade, SandboxError."""
        if self._assignment.stopping.is_set():
            self.end("Stopped")
            return
        with contextlib.ExitStack() as at_the_end:
            at_the_end.callback(self._leave)
            write, stopping = self._members[0].write, self._assignment.stopping
            command = programs.command(self._task, self._tools, write=write, stopping=stopping)
            self._prepare()
            self._budget.work()
            self._conclude(self._process(command) if self._enter() else self._why_not())

    def end(self, status: str, *, reason: str | None = None) -> None:
        """The job is over; one that somebody stopped meanwhile is Stopped, unless it failed."""
        assert status in FINISHED
        with self._tools.desk.lock:
            if status == "Completed" and self._assignment.stopping.is_set():
                status = "Stopped"
            message = next((text for text in map(_message, self._members) if text), None)
            if message is not None:
                self._tools.desk.note(self._assignment, ExitMessage=message)
            text = reason[:LONGEST] if reason is not None else None
            self._tools.desk.enter(self._assignment, status, status, reason=text)

    def _member(self, host: Host) -> Member:
        name = f"{self._job.name}/{host.name}-{int(self._tools.desk.now())}"
        stream = self._tools.log.stream(self._job.place, GROUP, name)
        self._streams.append(stream)
        return Member(host, volume_of(self._assignment.directory, host, self._task), _escaping(stream))

    def _enter(self) -> bool:
        with self._tools.desk.lock:
            if self._assignment.stopping.is_set():
                return False
            return self._tools.desk.enter(self._assignment, "InProgress", "Processing")

    def _why_not(self) -> str:
        """Why the program is not even started."""
        return crew.STOPPED if self._tools.desk.listens(self._assignment) else crew.GONE

    def _prepare(self) -> None:
        try:
            for number, member in enumerate(self._members):
                files = documents.processing(self._job.name, self._job.arn, self._spec, self._told, self._told[number])
                documents.write(files, member.volume)
                (member.volume.root / "output").mkdir(exist_ok=True)
                share = Share(number, len(self._members))
                self._feeders += transfers.fetch(
                    self._spec, member.volume, self._shelf, share, stopped=self._assignment.stopping.is_set
                )
                self._outputs[number].make()
        except OSError as trouble:
            if reasons.is_full(trouble):
                raise reasons.DOWNLOAD_DISK_FULL.error() from trouble
            raise

    def _process(self, command: Command) -> str:
        for feeder in self._feeders:
            feeder.start()
        isolated = bool(self._spec.get("NetworkConfig", {}).get("EnableNetworkIsolation"))
        launch(
            self._crew,
            self._task,
            command,
            lambda member: environment.processing(self._job, member.volume, url=self._tools.url),
            addresses=self._addresses,
            isolated=isolated,
            disk_gib=self._cluster.get("VolumeSizeInGB"),
        )
        return self._crew.watch(overran=self._budget.over, look=self._look)

    def _look(self) -> None:
        for feeder in self._feeders:
            if feeder.failure is not None:
                raise JobFailed(feeder.failure)
        if time.monotonic() >= self._next:
            self._save(continuous=True)
            self._next = time.monotonic() + EVERY

    def _conclude(self, how: str) -> None:
        if how in (crew.STOPPED, crew.OVERRAN):
            if how == crew.OVERRAN:
                self._tools.desk.enter(self._assignment, "Stopping", "Stopping")
            self._crew.terminate(look=self._look)
            self._save(continuous=True)
            self.end("Stopped")
        elif how == crew.FAILED:
            failed = self._crew.first_failure()
            self._crew.kill()
            reason = exits.reason_of_processing(failed.status or 0, _message(failed), cause=failed.cause)
            with contextlib.suppress(JobFailed):
                self._save(continuous=True)
            self.end("Failed", reason=reason)
        elif how == crew.DONE:
            self._save()
            for member in self._members:
                monitors.publish(self._job, member.volume, self._tools)
            self.end("Completed")

    def _save(self, *, continuous: bool = False) -> None:
        for outputs in self._outputs:
            outputs.save(continuous=continuous)

    def _leave(self) -> None:
        self._crew.kill()
        for feeder in self._feeders:
            feeder.stop()
        for stream in self._streams:
            stream.close()


def _message(member: Member) -> str:
    return exits.told(member.volume, exits.MESSAGE)


def _escaping(stream: Writer) -> Callable[[str], None]:
    """Writes lines into a stream as CloudWatch Logs shows them."""
    return lambda line: stream.write(escaped(line))
