"""Somebody with kubectl and a namespace of their own: the tests see what this person sees."""

import json
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from tests.builders import Manifest
from tests.cluster.eventually import eventually

from sagemaker_local.cluster import Cluster
from sagemaker_operator.engine.resource import LOOK_NOW

Object = dict[str, Any]


@dataclass(frozen=True)
class User:
    """Objects go by the names that kubectl prints: ``trainingjob/digits``."""

    cluster: Cluster
    namespace: str

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True) -> CompletedProcess[str]:
        return self.cluster.kubectl("--namespace", self.namespace, *args, input=stdin, check=check)

    def apply(self, *manifests: Manifest) -> None:
        self.kubectl("apply", "--filename=-", stdin=as_file(*manifests))

    def patch(self, name: str, body: Any, *, kind: str = "merge") -> None:
        self.kubectl("patch", name, f"--type={kind}", f"--patch={json.dumps(body)}")

    def edit(self, name: str, **spec: Any) -> None:
        """Sets fields of the spec; None removes one."""
        self.patch(name, {"spec": spec})

    def look_now(self, name: str, token: str) -> None:
        """Asks the operator to compare an object with AWS; the token stands in its status when that is done."""
        self.kubectl("annotate", "--overwrite", name, f"{LOOK_NOW}={token}")

    def delete(self, *names: str, wait: bool = True, seconds: int = 30) -> None:
        self.kubectl("delete", *names, f"--wait={str(wait).lower()}", f"--timeout={seconds}s")

    def wait(self, *names: str, condition: str, seconds: int = 30) -> None:
        self.kubectl("wait", f"--for=condition={condition}", f"--timeout={seconds}s", *names)

    def wait_until_settled(self, *names: str) -> None:
        """Waits until the last edit of each object is done."""
        for name in names:
            seen = f"jsonpath={{.status.observedGeneration}}={self.get(name)['metadata']['generation']}"
            self.wait(name, condition="Ready")
            self.kubectl("wait", f"--for={seen}", "--timeout=30s", name)
            self.wait(name, condition="Ready")

    def wait_until_gone(self, *names: str, seconds: int = 30) -> None:
        self.kubectl("wait", "--for=delete", f"--timeout={seconds}s", *names)

    def get(self, name: str) -> Object:
        return dict(json.loads(self.kubectl("get", name, "--output=json").stdout))

    def objects(self, what: str = "sagemaker") -> list[Object]:
        return list(json.loads(self.kubectl("get", what, "--output=json").stdout)["items"])

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
        """Waits for every object; kubectl takes a fifth of a second for each that it waits for by name."""

        def lacking() -> list[str]:
            return [
                f"{o['kind']} {o['metadata']['name']}: {(o.get('status') or {}).get('conditions')}"
                for o in self.objects()
                if find_condition(o, condition).get("status") != "True"
            ]

        try:
            eventually(f"all are {condition}", lambda: not lacking(), within=seconds, every=0.5)
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *lacking()])) from None

    def let_go(self, objects: list[Object]) -> None:
        """Removes objects whatever holds them: for the end of a test, when nobody takes care of finalizers any more."""
        if not objects:
            return
        self.kubectl("delete", "sagemaker", "--all", "--wait=false")
        freed = [{**o, "metadata": {**o["metadata"], "finalizers": [], "resourceVersion": ""}} for o in objects]
        self.kubectl("replace", "--filename=-", stdin=as_file(*freed), check=False)


def as_file(*manifests: Manifest) -> str:
    """One file for kubectl's standard input."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})


def find_condition(found: Object, condition: str) -> Object:
    conditions = (found.get("status") or {}).get("conditions") or ()
    return next((dict(c) for c in conditions if c["type"] == condition), {})


def versions(objects: list[Object]) -> dict[str, str]:
    """The resourceVersion of each object: any write at all changes it."""
    return {f"{o['kind']}/{o['metadata']['name']}": o["metadata"]["resourceVersion"] for o in objects}
