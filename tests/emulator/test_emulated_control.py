"""The control API of the emulator, and its command."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest
from tests.emulator.asking import refused, training_job

from sagemaker_local.emulator import Emulator


def ask(sagemaker: Emulator, path: str, body: Any = None, *, method: str | None = None) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{sagemaker.url}/_sagemaker-local/{path}", data=data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_index_lists_what_there_is(sagemaker: Emulator) -> None:
    status, index = ask(sagemaker, "")

    assert status == 200
    assert index["/_sagemaker-local/faults"] == ["GET", "POST", "DELETE"]


def test_faults_can_be_set_seen_and_cleared(sagemaker: Emulator, client: Any) -> None:
    rule = {"effect": "throttle", "operation": "ListModels", "times": 3, "probability": 1.0}
    assert ask(sagemaker, "faults", rule) == (200, {"ok": True})
    assert refused(client.list_models)[0] == "ThrottlingException"

    assert ask(sagemaker, "faults") == (200, [{**rule, "times": 2}])
    ask(sagemaker, "faults", method="DELETE")
    client.list_models()


def test_scenarios_clock_and_resources_work_over_http(sagemaker: Emulator, client: Any) -> None:
    ask(sagemaker, "scenarios", {"kind": "TrainingJob", "match": "digits", "reason": "AlgorithmError: no"})
    client.create_training_job(**training_job())
    assert ask(sagemaker, "resources?kind=TrainingJob") == (200, ["digits"])
    assert ask(sagemaker, "resources")[1]["TrainingJob"] == 1

    assert ask(sagemaker, "clock", {"advance": 344}) == (200, {"ok": True})

    assert client.describe_training_job(TrainingJobName="digits")["FailureReason"] == "AlgorithmError: no"
    assert ask(sagemaker, "clock")[1]["virtual"] is True


def test_the_journal_can_be_read_counted_and_cleared(sagemaker: Emulator, client: Any) -> None:
    client.list_models()

    status, entries = ask(sagemaker, "journal?operation=ListModels&outcome=ok")

    assert (status, [entry["operation"] for entry in entries]) == (200, ["ListModels"])
    assert ask(sagemaker, "journal/count") == (200, {"ListModels": {"ok": 1}})
    ask(sagemaker, "journal", method="DELETE")
    assert ask(sagemaker, "journal/count") == (200, {})


def test_limits_can_be_set_over_http(sagemaker: Emulator, client: Any) -> None:
    ask(sagemaker, "quotas", {"name": "ml.m5.large for training job usage", "limit": 0})
    ask(sagemaker, "rates", {"operation": "ListModels", "per_second": 1})
    ask(sagemaker, "latency", {"seconds": 0.01})
    ask(sagemaker, "roles", {"match": "nobody"})

    assert refused(client.create_training_job, **training_job())[0] == "ResourceLimitExceeded"
    client.list_models()
    assert refused(client.list_models)[0] == "ThrottlingException"
    assert ask(sagemaker, "latency") == (200, 0.01)
    assert ask(sagemaker, "roles") == (200, ["nobody"])
    assert ask(sagemaker, "reset", {}) == (200, {"ok": True})
    client.create_training_job(**training_job())


@pytest.mark.parametrize(
    ("path", "body", "status", "hint"),
    [
        ("fautls", None, 404, "/_sagemaker-local/faults"),
        ("reset", None, 405, "/_sagemaker-local/reset"),
        ("faults", {"effect": "trottle", "operation": "ListModels"}, 400, "throttle"),
        ("faults", {"effect": "throttle", "operation": "ListModel"}, 400, "ListModels"),
        ("faults", {"effect": "throttle", "operation": "ListModels", "time": 3}, 400, "times"),
        ("faults", {"effect": "throttle", "operation": "ListModels", "times": "3"}, 400, "times must be int"),
        ("faults", {"effect": "throttle", "operation": "ListModels", "seconds": 3}, 400, "hang"),
        ("faults", {"effect": "throttle"}, 400, "operation must be given"),
        ("faults", b"{", 400, "not JSON"),
        ("faults", [], 400, "must be a JSON object"),
        ("scenarios", {"kind": "TrainingJobs", "match": ".", "reason": "x"}, 400, "TrainingJob"),
        ("scenarios", {"kind": "TrainingJob", "match": "(", "reason": "x"}, 400, "not a regular expression"),
        ("scenarios", {"kind": "TrainingJob", "match": "."}, 400, "one of reason"),
        ("scenarios", {"kind": "TrainingJob", "match": ".", "reason": "x", "at": "Cooking"}, 400, "Downloading"),
        ("scenarios", {"kind": "TrainingJob", "match": ".", "seconds": 3, "at": "Training"}, 400, "goes with a reason"),
        ("quotas", {"name": "ml.m5.large for everything", "limit": 1}, 400, "for training job usage"),
        ("quotas", {"name": "ml.m5.large for endpoint usage", "limit": -1}, 400, "0 or more"),
        ("latency", {"seconds": -1}, 400, "between 0 and 3600"),
        ("rates", {"operation": "ListModels", "per_second": 0}, 400, "greater than 0"),
        ("roles", {"match": "["}, 400, "not a regular expression"),
        ("clock", {"advance": -1}, 400, "backwards"),
        ("resources?kind=Trainingjob", None, 400, "TrainingJob"),
        ("journal?op=x", None, 400, "operation"),
    ],
)
def test_a_typo_is_refused_with_what_there_is(
    sagemaker: Emulator, path: str, body: Any, status: int, hint: str
) -> None:
    answered, said = ask(sagemaker, path, body)

    assert answered == status
    assert hint in json.dumps(said)


@pytest.mark.parametrize("stopping", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_it_is_told_to_stop(stopping: signal.Signals) -> None:
    command = [sys.executable, "-m", "sagemaker_local.emulator", "--port", "0", "--speed", "60", "--no-check-s3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            url = first.split(" listens on ")[1].split(". ")[0]
            with urllib.request.urlopen(f"{url}/_sagemaker-local/clock", timeout=10) as reply:
                assert json.load(reply)["speed"] == 60
            process.send_signal(stopping)
            rest = process.stdout.read()
            code = process.wait(timeout=10)
        finally:
            process.kill()

    assert code == 0
    assert f'endpoint_url="{url}"' in rest


def test_a_taken_port_is_said_to_be_taken(sagemaker: Emulator) -> None:
    port = sagemaker.url.rpartition(":")[2]

    done = subprocess.run(
        [sys.executable, "-m", "sagemaker_local.emulator", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert f"cannot start on port {port}" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(OSError, match="address already in use"):
        Emulator.start(int(port))


def test_the_control_api_describes_itself_in_openapi(sagemaker: Emulator) -> None:
    _, described = ask(sagemaker, "openapi.json")
    _, index = ask(sagemaker, "")

    assert described["openapi"] == "3.1.0"
    told = {path: sorted(method.upper() for method in methods) for path, methods in described["paths"].items()}
    assert told == {path: sorted(methods) for path, methods in index.items()}
    fault = described["paths"]["/_sagemaker-local/faults"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert sorted(fault["required"]) == ["effect", "operation"]
    assert fault["properties"]["probability"] == {"type": "number"}
    ids = [operation["operationId"] for methods in described["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
