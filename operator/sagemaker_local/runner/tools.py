"""What everybody who works may use."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .desk import Desk
from .logbook import Logbook
from .objects import Objects
from .series import Series

if TYPE_CHECKING:
    from .images import Environments, Registry
    from .sandbox import Engine, Sandbox
    from .telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts of one emulator's workshop. All of them may be used from any thread.

    Attributes:
        desk: where work is reported.
        s3: the emulated S3.
        log: where programs write.
        images: what is to be run for an image.
        environments: the virtual environments in which it is run.
        sandbox: runs programs.
        metrics: the emulated CloudWatch.
        url: the emulator's own address, for programs.
        speed: how many seconds of SageMaker's time pass in a second: limits and graces are divided by it.
        slots: how much work is done at once.
        servers: at most so many processes serve a variant of an endpoint.
        directory: scratch space of this emulator.
        engine: runs images as they are; None where there is neither Docker nor Podman.
        series: the values of metrics of training jobs, in their order.
    """

    desk: Desk
    s3: Objects
    log: Logbook
    images: "Registry"
    environments: "Environments"
    sandbox: "Sandbox"
    metrics: "Telemetry"
    url: str
    speed: float
    slots: int
    servers: int
    directory: Path
    engine: "Engine | None" = None
    series: Series = field(default_factory=Series)
