"""How the work of one emulator is really done: the settings, and all parts put together."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.cluster import places
from sagemaker_local.emulator.core import Core

from .desk import Desk
from .images import Environments, Registry
from .jobs import CRAFTS
from .logbook import Logbook
from .objects import Objects
from .runner import Runner
from .runtime import Runtime
from .sandbox import Engine, Sandbox
from .serving import Hosting
from .shop import Shop
from .telemetry import Telemetry
from .tools import Tools
from .transform import TRANSFORM


@dataclass(frozen=True, slots=True)
class Execution:
    """How work is done; for `Emulator.start(execution=Execution())`.

    Attributes:
        slots: how many instances are at work at once; None is one for each core.
        images: a file that says what to run for which image, beside what is known already.
        servers: at most so many processes serve a variant of an endpoint, however many instances it has.
    """

    slots: int | None = None
    images: Path | None = None
    servers: int = 4

    def begin(self, core: Core, url: str) -> Runner:
        """Let an emulator that listens on `url` do its work from now on.

        Raises:
            OSError: there is no room for scratch files.
            images.Unusable: the file about images cannot be used; it is a ValueError.
        """
        registry = Registry.load(self.images)
        directory = Path(tempfile.mkdtemp(prefix="sagemaker-local-"))
        logs = directory / "logs"
        logs.mkdir()
        world = core.service.world
        metrics = Telemetry(core.neighbours, world.clock.now)
        tools = Tools(
            desk=Desk(core.service),
            s3=Objects(core.neighbours),
            log=Logbook(logs, world.clock.now),
            images=registry,
            environments=Environments(registry.recipes, places.cache(os.environ)),
            sandbox=Sandbox(),
            metrics=metrics,
            url=url,
            speed=world.clock.speed,
            slots=self.slots or os.cpu_count() or 1,
            servers=self.servers,
            directory=directory,
            engine=Engine.find(os.environ),
        )
        hosting = Hosting(tools)
        runner = Runner(tools, Shop((*CRAFTS, TRANSFORM), tools), (hosting,), Runtime(core, tools, hosting))
        metrics.start()
        with core.service.lock:
            world.worker = runner
            runner.restored(world.clock.now())
        return runner
