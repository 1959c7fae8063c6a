"""What runs in an image's place, and what its environment is made of. Plain data: see `rows` for where it is read from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One run of pip.

    Attributes:
        requirements: the text of a requirements file.
        hashed: whether every package in it has its hashes, and nothing else may be installed.
        optional: why the environment also does without it, if installing fails; "" if it does not.
    """

    requirements: str
    hashed: bool
    optional: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of.

    Attributes:
        name: of the environment, as it is told to people.
        steps: what is installed, in this order.
    """

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """What runs in an image's place.

    Attributes:
        name: of its row.
        environment: the name of the recipe of what it runs in (see `Environments.ready`).
        train: the command of a training job; None if it cannot train.
        serve: the command of a server; None if it cannot serve.
        process: the entry point of a processing job that names none; None if it cannot process.
        multi_model: whether its server has the multi-model API.
    """

    name: str
    environment: str
    train: tuple[str, ...] | None
    serve: tuple[str, ...] | None
    process: tuple[str, ...] | None
    multi_model: bool
