"""Requests that are lost while an endpoint rolls over, again and again, from one configuration to another: none is the bound.

    python benchmarks/rolling.py [--seconds 60] [--clients 20] [--json FILE]

The emulator and the model servers are processes of their own. Roll-outs are all at once, canary and rolling in turn, of two
instances each; the clients ask without a pause, and an answer that is not 200 is a lost request. Exit status 1 if one is lost.
"""

import argparse
import itertools
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from figures import Figure, report
from invoke import Line, await_service, client_of, make_endpoints, sagemaker

POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": "CANARY",
                "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
                "WaitIntervalInSeconds": 60,
            }
        }
    },
    {"RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 0}},
)


class Callers:
    """Clients that ask all the time; counts what they get."""

    def __init__(self, address: str, clients: int) -> None:
        self.answered, self.lost = 0, 0
        self._address, self._over, self._lock = address, threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._call) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let them end."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        line, answered, lost = Line(self._address, "/endpoints/plain/invocations"), 0, 0
        while not self._over.is_set():
            try:
                line.ask()
                answered += 1
            except (OSError, SystemExit) as problem:
                print(problem)
                lost += 1
                line = Line(self._address, "/endpoints/plain/invocations")
        with self._lock:
            self.answered += answered
            self.lost += lost


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long the clients ask")
    parser.add_argument("--clients", type=int, default=20, help="callers at once")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sagemaker(Path(scratch)) as address:
        make_endpoints(address)
        callers, client = Callers(address, options.clients), client_of(address, "sagemaker")
        try:
            rolled = _roll(client, until=time.monotonic() + options.seconds)
        finally:
            callers.stop()
    figures = [
        Figure("roll-outs", rolled),
        Figure("requests answered", callers.answered),
        Figure("requests lost", callers.lost, most=0),
    ]
    report(figures, peer="", file=options.json)


def _roll(client: Any, *, until: float) -> int:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "answering",
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.large",
    }
    for number in itertools.count(1):
        if time.monotonic() > until:
            return number - 1
        name, policy = f"next-{number}", POLICIES[number % len(POLICIES)]
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        given = {"DeploymentConfig": policy} if policy else {}
        client.update_endpoint(EndpointName="plain", EndpointConfigName=name, **given)
        await_service(partial(client.describe_endpoint, EndpointName="plain"))
    raise AssertionError("counting ends never")


if __name__ == "__main__":
    main()
