"""One attempt at a training job, from its data to its model, or to whatever ends it before."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sagemaker_local.runner.contract import environment, exits
from sagemaker_local.runner.contract.hosts import Host, addresses
from sagemaker_local.runner.contract.pipes import Feeder
from sagemaker_local.runner.contract.reasons import JobFailed
from sagemaker_local.runner.jobs import artifacts, crew, inputs, programs, stages
from sagemaker_local.runner.jobs.checkpoints import Checkpoints
from sagemaker_local.runner.jobs.crew import Crew, Member
from sagemaker_local.runner.jobs.launch import launch, told, volume_of
from sagemaker_local.runner.jobs.order import Order
from sagemaker_local.runner.jobs.output import Output
from sagemaker_local.runner.jobs.programs import Command
from sagemaker_local.runner.logbook import Writer

GROUP: Final = "/aws/sagemaker/TrainingJobs"
CAPACITY_BACK: Final = 60.0
"""Seconds of SageMaker's time until there is spot capacity again, as in the simulated course; at most two real ones here."""


class Attempt:
    """One attempt.

    Args:
        directory: its scratch space, which does not exist yet.
    """

    def __init__(self, order: Order, directory: Path) -> None:
        self._order, self._directory = order, directory
        self._tools, self._job = order.tools, order.job
        self._epoch, self._streams = order.next_epoch(), list[Writer]()
        self._addresses = addresses(order.hosts, self._job.arn)
        self._told = told(order.hosts, self._addresses, order.task)
        self._members = [self._member(host) for host in order.hosts]
        self._crew = Crew(order.assignment, self._tools, self._members)
        config = order.spec.get("CheckpointConfig")
        self._checkpoints = [Checkpoints(config, one.volume, order.shelf) for one in self._members] if config else []
        self._feeders: list[Feeder] = []

    def go(self) -> bool:
        """Do it; returns whether there is to be another attempt.

        Raises:
            JobFailed: the job cannot be done.
            NotMade, SandboxError, OSError: this machine cannot do it.
        """
        with contextlib.ExitStack() as at_the_end:
            at_the_end.callback(self._leave)
            command = self._command()
            self._order.budget.work()
            self._order.enter("Downloading")
            self._prepare()
            trains = not self._enough() and self._order.enter("Training")
            return self._conclude(self._train(command) if trains else self._why_not())

    def _member(self, host: Host) -> Member:
        name = f"{self._job.name}/{host.name}-{self._epoch}"
        stream = self._tools.log.stream(self._job.place, GROUP, name)
        self._streams.append(stream)
        output = Output(self._job, self._tools, stream, self._order.metrics)
        return Member(host, volume_of(self._directory, host, self._order.task), output.write)

    def _command(self) -> Command:
        first = self._members[0].write
        for complaint in self._order.complaints:
            first(complaint)
        return programs.command(self._order.task, self._tools, write=first, stopping=self._order.stopping)

    def _enough(self) -> bool:
        """Whether the job is stopped, or has had its time."""
        return self._order.stopping.is_set() or self._order.budget.over()

    def _why_not(self) -> str:
        """Why the program is not even started."""
        if not self._tools.desk.listens(self._order.assignment):
            return crew.GONE
        return crew.STOPPED if self._order.stopping.is_set() else crew.OVERRAN

    def _prepare(self) -> None:
        """Bring all instances to where their programs can start. Raises JobFailed."""
        for member, host in zip(self._members, self._told, strict=True):
            inputs.lay_out(self._job, self._told, host, member.volume)
            self._feeders += inputs.fetch(
                self._job, self._told, host, member.volume, self._order.shelf, stopped=self._enough
            )
        for checkpoints in self._checkpoints:
            checkpoints.restore()

    def _train(self, command: Command) -> str:
        """Run the programs until all have ended or something has to be done; returns what that is."""
        for feeder in self._feeders:
            feeder.start()
        isolated = bool(self._order.spec.get("EnableNetworkIsolation"))
        disk = self._order.spec["ResourceConfig"].get("VolumeSizeInGB")
        launch(
            self._crew,
            self._order.task,
            command,
            self._variables,
            addresses=self._addresses,
            isolated=isolated,
            disk_gib=disk,
        )
        spot = self._order.spec.get("EnableManagedSpotTraining")
        while True:
            how = self._crew.watch(overran=self._order.budget.over, look=self._look)
            if how != crew.RECLAIMED or spot:
                return how
            self._order.assignment.reclaimed.clear()  # instances on demand are not taken away

    def _variables(self, member: Member) -> Mapping[str, str]:
        host = self._told[self._members.index(member)]
        return environment.training(self._job, self._told, host, member.volume, url=self._tools.url)

    def _look(self) -> None:
        for feeder in self._feeders:
            if feeder.failure is not None:
                raise JobFailed(feeder.failure)
        for checkpoints in self._checkpoints:
            checkpoints.look()

    def _conclude(self, how: str) -> bool:
        order = self._order
        if how == crew.GONE:
            return False
        if how == crew.RECLAIMED:
            return self._give_back()
        if how == crew.OVERRAN:
            order.enter("Stopping", status="Stopping")
            self._end_programs()
            self._upload()
            order.end("Stopped", order.budget.exceeded or stages.MAX_RUNTIME)
        elif how == crew.STOPPED:
            self._end_programs()
            self._upload()
            order.end("Stopped", "Stopped")
        elif how == crew.FAILED:
            self._fail()
        else:
            order.enter("Uploading")
            self._upload()
            order.end("Completed", "Completed")
        return False

    def _fail(self) -> None:
        """A program failed, and that is the reason whatever else goes wrong now."""
        failed = self._crew.first_failure()
        self._crew.kill()
        reason = exits.reason_of_training(failed.status or 0, failed.volume, cause=failed.cause)
        self._order.enter("Uploading")
        with contextlib.suppress(JobFailed):
            self._upload()
        self._order.end("Failed", "Failed", reason=reason)

    def _give_back(self) -> bool:
        """The capacity was taken away: what is not in a checkpoint is lost, and the job goes on once there is capacity again."""
        order = self._order
        self._end_programs()
        for checkpoints in self._checkpoints:
            checkpoints.save()
        order.budget.pause()
        order.assignment.reclaimed.clear()
        order.enter("Interrupted")
        order.stopping.wait(min(2.0, CAPACITY_BACK / self._tools.speed))
        order.enter("Starting")
        return True

    def _end_programs(self) -> None:
        self._crew.terminate(look=self._look)

    def _upload(self) -> None:
        for checkpoints in self._checkpoints:
            checkpoints.save()
        volumes = [member.volume for member in self._members]
        artifacts.upload(self._job, volumes, self._order.shelf, self._directory)

    def _leave(self) -> None:
        self._crew.kill()
        for feeder in self._feeders:
            feeder.stop()
        for stream in self._streams:
            stream.close()
