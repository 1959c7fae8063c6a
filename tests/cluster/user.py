"""Somebody with kubectl and a namespace of their own: the tests see what this person sees.

What kubectl does is asked of the API server without it, because half of the tests' time would be kubectl's; `test_user` holds the
one to the other. Where kubectl's own words, tables or exit codes matter, or what is not here, there is `User.kubectl`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from subprocess import CompletedProcess
from typing import Any

from tests.builders import Manifest
from tests.cluster import served
from tests.cluster.api import APPLIED, APPLY, Answer, Api
from tests.cluster.eventually import eventually

from sagemaker_local.cluster import Cluster
from sagemaker_operator.engine.resource import LOOK_NOW

Object = dict[str, Any]
_OURS = "sagemaker"
# For `kubectl apply`: to find out whether the API server can check fields, and how lists are merged, takes kubectl a sixth of a
# second for each object. It can, and lists of custom resources are not.
QUICKLY = ("--validate=false", "--openapi-patch=false")
_PATCHES = {"merge": "application/merge-patch+json", "json": "application/json-patch+json"}


@dataclass(frozen=True)
class User:
    """Objects go by the names that kubectl prints: ``trainingjob/digits``."""

    cluster: Cluster
    namespace: str

    @cached_property
    def api(self) -> Api:
        return Api(self.cluster, self.namespace)

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True) -> CompletedProcess[str]:
        return self.cluster.kubectl("--namespace", self.namespace, *args, input=stdin, check=check)

    def apply(self, *manifests: Manifest) -> None:
        """Server-side apply of each, to the last, whatever becomes of one of them."""
        refused = []
        for manifest in manifests:
            kind = served.of(self.cluster, manifest["apiVersion"], manifest["kind"])
            path = kind.path(self.namespace, manifest["metadata"]["name"])
            answer = self.api.ask("PATCH", f"{path}?{APPLY}", manifest, content=APPLIED)
            refused += [answer.message] if answer.code >= 400 else []
        assert not refused, "\n".join(refused)

    def patch(self, name: str, body: Any, *, kind: str = "merge") -> None:
        self._done(name, self.api.ask("PATCH", self._path(name), body, content=_PATCHES[kind]))

    def edit(self, name: str, **spec: Any) -> None:
        """Sets fields of the spec; None removes one."""
        self.patch(name, {"spec": spec})

    def look_now(self, name: str, token: str) -> None:
        """Asks the operator to compare an object with AWS; the token stands in its status when that is done."""
        self.patch(name, {"metadata": {"annotations": {LOOK_NOW: token}}})

    def delete(self, *names: str, wait: bool = True, seconds: int = 30) -> None:
        for name in names:
            self._done(name, self.api.ask("DELETE", f"{self._path(name)}?propagationPolicy=Background"))
        if wait:
            self.wait_until_gone(*names, seconds=seconds)

    def wait(self, *names: str, condition: str, seconds: int = 30) -> None:
        """Waits until a condition is true of each, and is about its newest spec."""
        self._until(names, condition, lambda found: holds(found, condition), seconds=seconds)

    def wait_to_see(self, name: str, **status: Any) -> None:
        """Waits until the status of an object has these values."""
        self._until([name], str(status), lambda found: status.items() <= (found.get("status") or {}).items())

    def wait_until_settled(self, *names: str) -> None:
        """Waits until the last edit of each object is done."""
        for name in names:
            seen = self.get(name)["metadata"]["generation"]
            self.wait(name, condition="Ready")
            self.wait_to_see(name, observedGeneration=seen)
            self.wait(name, condition="Ready")

    def wait_until_gone(self, *names: str, seconds: int = 30) -> None:
        for name in names:
            eventually(f"{name} is gone", partial(self._gone, name), within=seconds)

    def get(self, name: str) -> Object:
        return self._done(name, self.api.ask("GET", self._path(name)))

    def objects(self, what: str = _OURS) -> list[Object]:
        """All objects of some kinds: by default of all that are ours."""
        found = []
        for kind in served.find(self.cluster, what):
            items = self._done(kind.plural, self.api.ask("GET", kind.path(self.namespace)))["items"]
            found += [{"apiVersion": kind.version, "kind": kind.kind, **item} for item in items]
        return found

    def status(self, name: str) -> Object:
        return dict(self.get(name).get("status") or {})

    def condition(self, name: str, condition: str) -> Object:
        """A condition of an object, empty while it is not there."""
        return find_condition(self.get(name), condition)

    def reason(self, name: str, condition: str) -> str | None:
        return self.condition(name, condition).get("reason")

    def describe(self, name: str) -> str:
        return self.kubectl("describe", name).stdout

    def events(self, name: str) -> list[Object]:
        """The Events about an object; without a kind's name, as Events spell it differently."""
        about = name.rpartition("/")[2]
        return [event for event in self.objects("events") if event["involvedObject"]["name"] == about]

    def wait_for_all(self, condition: str, *, seconds: int = 60) -> None:
        """Waits for every object; what is there is looked for once more at the end, of all kinds."""
        deadline = time.monotonic() + seconds
        while lacking := self._lacking(condition, _OURS):
            while lacking:
                told = [
                    f"{o['kind']} {o['metadata']['name']}: {o.get('status', {}).get('conditions')}" for o in lacking
                ]
                assert time.monotonic() < deadline, "\n".join([f"not within {seconds} s: all are {condition}", *told])
                time.sleep(0.1)
                kinds = {f"{o['kind'].lower()}.{o['apiVersion'].partition('/')[0]}" for o in lacking}
                lacking = self._lacking(condition, ",".join(kinds))

    def let_go(self, objects: list[Object]) -> None:
        """Removes objects whatever holds them: for the end of a test, when nobody takes care of finalizers any more."""
        for one in objects:
            kind = served.of(self.cluster, one["apiVersion"], one["kind"])
            path = kind.path(self.namespace, one["metadata"]["name"])
            self.api.ask("DELETE", path)
            if one["metadata"].get("finalizers"):
                self.api.ask("PATCH", path, {"metadata": {"finalizers": None}})

    def _gone(self, name: str) -> bool:
        return self.api.ask("GET", self._path(name)).code == 404

    def _lacking(self, condition: str, what: str) -> list[Object]:
        return [o for o in self.objects(what) if find_condition(o, condition).get("status") != "True"]

    def _path(self, name: str) -> str:
        what, _, which = name.partition("/")
        (kind,) = served.find(self.cluster, what)
        return kind.path(self.namespace, which)

    def _until(
        self, names: tuple[str, ...] | list[str], what: str, met: Callable[[Object], bool], *, seconds: float = 30.0
    ) -> None:
        deadline = time.monotonic() + seconds
        for name in names:
            while not met(found := self.get(name)):
                conditions = (found.get("status") or {}).get("conditions")
                assert time.monotonic() < deadline, f"timed out waiting for {what} on {name}: {conditions}"
                time.sleep(0.03)

    def _done(self, name: str, answer: Answer) -> Object:
        assert answer.code < 400, f"{name}: {answer.message}"
        return answer.body


def as_file(*manifests: Manifest) -> str:
    """One file for kubectl's standard input."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})


def find_condition(found: Object, condition: str) -> Object:
    conditions = (found.get("status") or {}).get("conditions") or ()
    return next((dict(c) for c in conditions if c["type"] == condition), {})


def holds(found: Object, condition: str) -> bool:
    """Whether a condition is true of an object as `kubectl wait` sees it: one about an older spec does not count."""
    told = find_condition(found, condition)
    about = told.get("observedGeneration", (found.get("status") or {}).get("observedGeneration"))
    return told.get("status") == "True" and (about is None or about >= found["metadata"].get("generation", 0))


def versions(objects: list[Object]) -> dict[str, str]:
    """The resourceVersion of each object: any write at all changes it."""
    return {f"{o['kind']}/{o['metadata']['name']}": o["metadata"]["resourceVersion"] for o in objects}
