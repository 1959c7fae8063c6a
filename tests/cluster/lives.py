"""Many custom resources led through their lives at once, with a separate account of what goes wrong with each kind.

A kind with which something went wrong takes no further part, but is deleted with the others in the end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from tests.cluster.api import Api
from tests.cluster.eventually import eventually
from tests.cluster.history import History
from tests.cluster.scenario import Scenario
from tests.cluster.user import QUICKLY, User, as_file, find_condition

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.journal import Entry
from sagemaker_operator.engine.compare import as_asked
from sagemaker_operator.kinds import GROUP
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field as field_name
from sagemaker_operator.model.service import input_shape

Object = dict[str, Any]
NAME = "digits"
_READS = ("Describe", "List", "Get", "Search", "Batch", "Query")


@dataclass
class Life:
    """One custom resource.

    Attributes:
        spec: as it was applied last.
        generation: of that spec.
    """

    scenario: Scenario
    spec: Object
    generation: int = 1
    trouble: str = ""

    @property
    def kind(self) -> Any:
        return self.scenario.kind


@dataclass
class Lives:
    """The custom resources of one namespace."""

    user: User
    sagemaker: Emulator
    history: History
    api: Api
    all: list[Life]
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.sagemaker.client()

    @property
    def well(self) -> list[Life]:
        """Those with which nothing went wrong yet."""
        return [life for life in self.all if not life.trouble]

    @contextmanager
    def about(self, life: Life, what: str) -> Iterator[None]:
        """Whatever goes wrong here is this kind's trouble alone."""
        try:
            yield
        except (AssertionError, ClientError, BotoCoreError, LookupError, StopIteration, TypeError) as error:
            life.trouble = life.trouble or f"{what}: {type(error).__name__}: {error}"

    def apply(self, lives: list[Life], *others: Object) -> None:
        """``kubectl apply`` of all at once, each with its spec, of which no field may be unknown."""
        for life in lives:
            with self.about(life, "apply"):
                sample = {**life.scenario.manifest(life.spec), "metadata": {"name": "sample"}}
                answer = self.api.create(life.kind, sample, dry=True)
                assert answer.code == 201, answer.message
        file = as_file(*others, *(life.scenario.manifest(life.spec) for life in lives))
        done = self.user.kubectl("apply", *QUICKLY, "--filename=-", stdin=file, check=False)
        for life in lives:
            with self.about(life, "apply"):
                lines = [line for line in done.stderr.splitlines() if f'{life.kind.name}.{GROUP} "{NAME}"' in line]
                assert not lines, "\n".join(
                    line.partition('error when patching "STDIN": ')[2] or line for line in lines
                )
                life.generation = self.api.get(life.kind, NAME).body["metadata"]["generation"]

    def patch(self, life: Life, body: Object) -> None:
        """A JSON merge patch of the custom resource."""
        answer = self.api.patch(life.kind, NAME, body)
        assert answer.code == 200, answer.message
        life.generation = answer.body["metadata"]["generation"]

    def now(self, life: Life) -> Object:
        """The newest version of the custom resource that the API server has told of."""
        versions = self.history.versions(life.kind.name, self.user.namespace, NAME)
        return versions[-1] if versions else {}

    def status(self, life: Life) -> Object:
        return dict(self.now(life).get("status") or {})

    def wait(self, what: str, seen: Callable[[Life], bool], *, within: float = 40.0) -> None:
        """Waits until something is so of each; what it is not of is in trouble."""
        deadline = monotonic() + within
        while (lacking := [life for life in self.well if not seen(life)]) and monotonic() < deadline:
            sleep(0.1)
        for life in lacking:
            status = self.status(life)
            told = [f"{c['type']}={c['status']} {c['reason']}: {c['message']}" for c in status.get("conditions", ())]
            life.trouble = f"not {what} within {within:.0f} s: " + "; ".join(told)

    def settled(self, life: Life) -> bool:
        """Whether the operator has nothing left to do about the spec as it was applied last."""
        status = self.status(life)
        ready = find_condition(self.now(life), "Ready")
        current = status.get("observedGeneration") == life.generation == ready.get("observedGeneration")
        return bool(current and ready["status"] == "True" and not find_condition(self.now(life), "Reconciling"))

    def settle(self, what: str) -> None:
        """Waits until all are ready."""
        self.wait(what, self.settled)

    def address(self, life: Life, operation: str) -> Object:
        """The members of an operation's input that name the resource."""
        family, status = life.kind.family, self.status(life)
        known = {name: status.get(field_name(name)) for name in (family.identity, *family.address)}
        known[family.arn] = status.get("arn")
        members = family.addressed(operation)
        asked = {name: known.get(family.addresses.get(name, name)) for name in members}
        required = input_shape(operation).required_members
        return {n: value for n, value in asked.items() if value is not None and (n in required or n in family.address)}

    def describe(self, life: Life) -> Object:
        """The Describe reply."""
        family = life.kind.family
        reply = self.client._make_api_call(family.describe, self.address(life, family.describe))
        told = dict(family.unwrap(reply))
        for member, (operation, within) in life.kind.told_by.items():
            told[member] = self.client._make_api_call(operation, self.address(life, operation)).get(within)
        return told

    def there(self, life: Life) -> bool:
        """Whether SageMaker has the resource; some are told about for a while after they were deleted."""
        try:
            told = self.describe(life)
        except ClientError:
            return False
        return life.kind.stage(told.get(life.kind.family.status or "")) is not Stage.GONE

    def turn(self, life: Life, operation: str | None, stage: Stage) -> None:
        """Asks SageMaker for something without the operator, and waits until the resource is in a stage."""
        kind = life.kind
        if operation is not None:
            self.client._make_api_call(operation, self.address(life, operation))

        def there() -> bool:
            status = self.describe(life).get(kind.family.status or "")
            return bool(kind.stage(status) is stage)

        eventually(f"{kind.name} is {stage.name}", there, within=10)

    def shown(self, life: Life) -> Object:
        """The Describe reply with each value where a spec has it."""
        return dict(as_asked(life.kind, self.describe(life)))

    def tags(self, life: Life) -> dict[str, str]:
        """The tags that people set; those of the operator are left out."""
        told = self.client.list_tags(ResourceArn=self.status(life)["arn"])["Tags"]
        return {tag["Key"]: tag["Value"] for tag in told if not tag["Key"].startswith("sagemaker-operator.dev/")}

    def calls(self, life: Life) -> list[Entry]:
        """What the operator has changed at SageMaker for the custom resource, from the first to the last."""
        family, status = life.kind.family, self.status(life)
        own = {status.get(field_name(name)) for name in (family.identity, *family.address)} | {status.get("arn")}
        named = {name for name in (family.create, family.update, family.delete, family.stop, family.start) if name}
        named |= {name for one in life.kind.attachments for name in (one.attach, one.detach)}
        return [
            entry
            for entry in self.sagemaker.journal.entries(outcome="ok")
            if entry.operation in {*named, "AddTags", "DeleteTags"}
            and "sagemaker-operator" in entry.caller
            and own - {None} & {value for value in entry.parameters.values() if isinstance(value, str)}
            and (entry.operation in named or entry.parameters.get("ResourceArn") == status.get("arn"))
        ]

    def report(self) -> str:
        """What went wrong, by kind."""
        return "\n".join(f"{life.kind.name}: {life.trouble}" for life in self.all if life.trouble)
