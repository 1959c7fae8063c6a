"""The control API: faults, scenarios, the journal and the clock over HTTP, for clients in other processes and languages.

Everything lives under `/_sagemaker-local/`. A path, member or value that does not exist is refused with the list of what does.
"""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from sagemaker_local.emulator import openapi
from sagemaker_local.emulator.resource import Json

if TYPE_CHECKING:
    from sagemaker_local.emulator.core import Core

PREFIX: Final = "/_sagemaker-local"
STATE: Final = "state"
"""The one path whose body is not JSON: the file that holds all that exists."""

Ask = Callable[[Json], Any]
NUMBER: Final = (int, float)
# Members of each body: name to the JSON types that it may have; those with "!" are needed.
Form = Mapping[str, tuple[type, ...]]
Routes = dict[tuple[str, str], tuple[Form, Ask]]
FAULT: Final[Form] = {
    "effect!": (str,), "operation!": (str,), "times": (int,), "probability": NUMBER, "account": (str,), "seconds": NUMBER,
}  # fmt: skip
SCENARIO: Final[Form] = {
    "kind!": (str,), "match!": (str,), "reason": (str,), "at": (str,), "seconds": NUMBER, "times": (int,),
    "violations": (list,), "interrupt": (bool,), "wait": NUMBER,
}  # fmt: skip
MAINTENANCE: Final[Form] = {"kind!": (str,), "match!": (str,), "seconds!": NUMBER}
SCALING: Final[Form] = {
    "endpoint!": (str,), "variant!": (str,), "count!": (int,), "account": (str,), "region": (str,),
}  # fmt: skip
INTERRUPTION: Final[Form] = {"name!": (str,), "account": (str,), "region": (str,)}
EVENTS: Final[Form] = {
    "duplicate": NUMBER, "lose": NUMBER, "reorder": (int,), "delay": NUMBER, "check_queue_policies": (bool,),
}  # fmt: skip
ENTRIES: Final[Form] = {"operation": (str,), "outcome": (str,), "account": (str,), "region": (str,)}
RATE: Final[Form] = {"operation!": (str,), "per_second!": NUMBER, "burst": NUMBER}


class Control:
    """Answers control calls for one emulator."""

    def __init__(self, core: "Core") -> None:
        self._core = core
        self._routes = {**self._troubles(), **self._surroundings()}

    def _troubles(self) -> Routes:
        """What is done to resources and answers."""
        core = self._core
        return {
            ("GET", "faults"): ({}, lambda _: core.faults.rules()),
            ("POST", "faults"): (FAULT, self._add_fault),
            ("DELETE", "faults"): ({}, lambda _: core.faults.clear()),
            ("GET", "scenarios"): ({}, lambda _: core.scenarios.rules()),
            ("POST", "scenarios"): (SCENARIO, self._add_scenario),
            ("DELETE", "scenarios"): ({}, lambda _: core.scenarios.clear()),
            ("POST", "maintenance"): (MAINTENANCE, lambda b: core.scenarios.maintain(**b)),
            ("POST", "scaling"): (
                SCALING,
                lambda b: core.scale(b.pop("endpoint"), b.pop("variant"), b.pop("count"), **b),
            ),
            ("POST", "interruptions"): (INTERRUPTION, lambda b: core.interrupt(b.pop("name"), **b)),
            ("GET", "closures"): ({}, lambda _: core.scenarios.closed()),
            ("POST", "closures"): ({"kind!": (str,)}, lambda b: core.scenarios.close(b["kind"])),
            ("DELETE", "closures"): ({}, lambda _: core.scenarios.reopen()),
            ("GET", "events"): ({}, lambda _: core.events.as_json()),
            ("POST", "events"): (EVENTS, lambda b: core.events.set(**b)),
            ("DELETE", "events"): ({}, lambda _: core.events.clear()),
            ("GET", "notifications"): ({"topic": (str,)}, lambda b: core.events.published(b.get("topic"))),
            ("GET", "roles"): ({}, lambda _: list(core.roles.refused())),
            ("POST", "roles"): ({"match!": (str,)}, lambda b: core.roles.refuse(b["match"])),
            ("DELETE", "roles"): ({}, lambda _: core.roles.clear()),
        }

    def _surroundings(self) -> Routes:
        """What was asked, time, accounts and limits, and the emulator as a whole."""
        core = self._core
        return {
            ("GET", "journal"): (ENTRIES, lambda b: [e.as_json() for e in core.journal.entries(**b)]),
            ("GET", "journal/count"): ({}, lambda _: core.journal.counts()),
            ("DELETE", "journal"): ({}, lambda _: core.journal.clear()),
            ("GET", "clock"): ({}, lambda _: core.time.as_json()),
            ("POST", "clock"): ({"advance!": NUMBER}, lambda b: core.time.advance(b["advance"])),
            ("GET", "latency"): ({}, lambda _: core.front.latency),
            ("POST", "latency"): ({"seconds!": NUMBER}, self._set_latency),
            ("GET", "accounts"): ({}, lambda _: {"strict": core.accounts.strict}),
            ("POST", "accounts"): ({"strict!": (bool,)}, lambda b: setattr(core.accounts, "strict", b["strict"])),
            ("GET", "lags"): ({}, lambda _: core.lags.as_json()),
            ("POST", "lags"): ({"reads": NUMBER, "lists": NUMBER}, lambda b: core.lags.set(**b)),
            ("DELETE", "lags"): ({}, lambda _: core.lags.clear()),
            ("GET", "rates"): ({}, lambda _: core.rates.rules()),
            ("POST", "rates"): (RATE, lambda b: core.rates.set(b.pop("operation"), **b)),
            ("DELETE", "rates"): ({}, lambda _: core.rates.clear()),
            ("GET", "quotas"): ({}, lambda _: core.quotas.limits()),
            ("POST", "quotas"): (
                {"name!": (str,), "limit!": (int,)},
                lambda b: core.quotas.set(b["name"], b["limit"]),
            ),
            ("DELETE", "quotas"): ({}, lambda _: core.quotas.clear()),
            ("GET", "resources"): ({"kind": (str,)}, self._resources),
            ("GET", "operations"): ({}, lambda _: sorted(core.service.operations())),
            ("GET", "openapi.json"): ({}, lambda _: self._description()),
            ("POST", "reset"): ({}, lambda _: core.reset()),
        }

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """HTTP status and JSON of one control call."""
        name = path.strip("/")
        if method == "GET" and not name:
            return 200, self._index()
        if (method, name) not in self._routes:
            return self._unknown(method, name)
        form, ask = self._routes[method, name]
        try:
            given = dict(query) if method == "GET" else _decode(body)
            _check(form, given)
            result = ask(given)
        except ValueError as wrong:
            return 400, {"error": str(wrong)}
        return 200, {"ok": True} if result is None else result

    def state(self) -> bytes:
        """What exists, as the file that `restore` takes."""
        file = BytesIO()
        self._core.dump(file)
        return file.getvalue()

    def restore(self, body: bytes) -> tuple[int, Any]:
        """Let exist what a file holds."""
        try:
            self._core.restore(BytesIO(body))
        except ValueError as wrong:
            return 400, {"error": str(wrong)}
        return 200, {"ok": True}

    def _index(self) -> dict[str, list[str]]:
        paths = {f"{PREFIX}/{STATE}": ["GET", "POST"]}
        for method, name in self._routes:
            paths.setdefault(f"{PREFIX}/{name}", []).append(method)
        return paths

    def _description(self) -> dict[str, Any]:
        forms = {route: form for route, (form, _) in self._routes.items()}
        return openapi.describe(forms, prefix=PREFIX, state=STATE)

    def _unknown(self, method: str, name: str) -> tuple[int, Any]:
        known = any(path == name for _, path in self._routes)
        problem = f"{PREFIX}/{name} knows no {method}" if known else f"there is no {PREFIX}/{name}"
        return (405 if known else 404), {"error": problem, "there is": self._index()}

    def _add_fault(self, body: Json) -> None:
        if "seconds" in body and body["effect"] != "hang":
            raise ValueError("only the fault hang takes seconds")
        self._core.faults.by_name(body.pop("effect"))(body.pop("operation"), **body)

    def _add_scenario(self, body: Json) -> None:
        effects = ("reason", "seconds", "violations", "interrupt", "wait")
        if sum(name in body for name in effects) != 1 or body.get("interrupt") is False:
            raise ValueError(
                "a scenario has one of reason (to fail), seconds (to take), violations (to be found), interrupt (true) and "
                "wait (seconds of waiting for capacity)"
            )
        if "at" in body and not {"reason", "interrupt"} & set(body):
            raise ValueError(
                "at goes with a reason or with interrupt: it says where to fail, or where to be interrupted"
            )
        scenarios, kind, match = self._core.scenarios, body.pop("kind"), body.pop("match")
        if "reason" in body:
            scenarios.fail(kind, match, **body)
        elif "violations" in body:
            scenarios.violate(kind, match, **body)
        elif body.pop("interrupt", False):
            scenarios.interrupt(kind, match, **body)
        elif "wait" in body:
            scenarios.wait(kind, match, seconds=body.pop("wait"), **body)
        else:
            scenarios.take(kind, match, **body)

    def _set_latency(self, body: Json) -> None:
        self._core.set_latency(body["seconds"])

    def _resources(self, query: Json) -> Any:
        service = self._core.service
        if "kind" in query:
            return service.names(query["kind"])
        return {kind: len(service.names(kind)) for kind in service.kinds()}


def _decode(body: bytes) -> Json:
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"the body is not JSON: {problem}") from None
    match given:
        case dict():
            return given
        case _:
            raise ValueError(f"the body must be a JSON object, not a {type(given).__name__}")


def _check(form: Form, given: Json) -> None:
    types = {name.removesuffix("!"): allowed for name, allowed in form.items()}
    unknown = sorted(set(given) - set(types))
    if unknown:
        there_is = ", ".join(types) or "none"
        raise ValueError(f"unknown member {', '.join(unknown)}; there is {there_is}")
    missing = [n.removesuffix("!") for n in form if n.endswith("!") and n.removesuffix("!") not in given]
    if missing:
        raise ValueError(f"{', '.join(missing)} must be given")
    for name, value in given.items():
        fits = isinstance(value, types[name]) and (types[name] == (bool,) or not isinstance(value, bool))
        if not fits:
            wanted = " or ".join(t.__name__ for t in types[name])
            raise ValueError(f"{name} must be {wanted}, not {json.dumps(value)}")
