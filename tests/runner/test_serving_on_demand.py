"""Multi-model endpoints, which load models when they are asked for, and inference components."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.runner.models import CRASHING, IMAGE, ROLE, Site, archive, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution
from sagemaker_local.runner.runtime.ports import Broken, NoCapacity, UnknownTarget, WrongTarget

MULTI = """
    import http.server, json, os, pathlib
    loaded = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer(200, json.dumps(sorted(loaded.values())).encode() if self.path == "/models" else b"")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/models":
                asked = json.loads(body)
                text = (pathlib.Path(asked["url"]) / "name").read_text()
                if text == "broken":
                    return self.answer(500, b"cannot be loaded")
                if len(loaded) >= int(os.environ.get("ROOM", "99")):
                    return self.answer(507, b"no room")
                loaded[asked["model_name"]] = text
                print("loaded", text, flush=True)
                return self.answer(200, b"{}")
            name = loaded.get(self.path.split("/")[2])
            self.answer(404 if name is None else 200, (name or "?").encode() + b":" + body)

        def do_DELETE(self):
            print("unloaded", loaded.pop(self.path.split("/")[2]), flush=True)
            self.answer(200, b"{}")

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    file = tmp_path / "images.yaml"
    file.write_text(
        "images:\n"
        "  - {name: mine, match: ['*/mine:*'], serve: [python, /opt/ml/model/server.py]}\n"
        f"  - {{name: several, match: ['*/several:*'], multi_model: true, serve: [python, -c, {quoted(MULTI)}]}}\n",
        encoding="utf-8",
    )
    with Emulator.start(speed=100, execution=Execution(images=file, servers=2)) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


def quoted(script: str) -> str:
    """A program as one word of YAML."""
    text = textwrap.dedent(script).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'


@pytest.fixture
def zoo(site: Site) -> Site:
    """A multi-model endpoint with three models that work, one that does not, and one that is no archive."""
    for name in ("ant", "bee", "cat", "broken"):
        site.upload(f"zoo/{name}.tar.gz", archive({"name": name}))
    site.upload("zoo/none.tar.gz", b"no archive")
    container = {
        "Image": IMAGE.replace("mine", "several"),
        "Mode": "MultiModel",
        "ModelDataUrl": "s3://bucket/zoo/",
        "Environment": {"ROOM": "2"},
    }
    site.client.create_model(ModelName="zoo", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    site.config("zoo", variant("zoo"))
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="zoo")
    assert site.settled()["EndpointStatus"] == "InService"
    return site


def test_a_target_model_is_loaded_when_it_is_first_asked_for(zoo: Site) -> None:
    assert zoo.ask(b"7", model="ant.tar.gz") == "ant:7"
    assert zoo.ask(b"8", model="ant.tar.gz") == "ant:8"
    assert zoo.ask(b"9", model="/bee.tar.gz") == "bee:9"

    assert zoo.log().count("loaded ant") == 1


def test_the_model_that_was_not_used_for_longest_makes_room(zoo: Site) -> None:
    for name in ("ant", "bee", "ant", "cat"):
        assert zoo.ask(b"7", model=f"{name}.tar.gz") == f"{name}:7"

    assert "unloaded bee" in zoo.log()
    assert "unloaded ant" not in zoo.log()
    assert zoo.ask(b"7", model="bee.tar.gz") == "bee:7"


def test_a_limit_unloads_models_even_if_the_container_has_room(zoo: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = next(iter(crew._berths[0].models for crew in crews(zoo)))
    assert loaded is not None
    monkeypatch.setattr(loaded, "_most", 1)

    for name in ("ant", "bee"):
        assert zoo.ask(b"7", model=f"{name}.tar.gz") == f"{name}:7"

    assert "unloaded ant" in zoo.log()


def crews(site: Site) -> list[Any]:
    return [crew for house in site.hosting._houses.values() for crew in house._crews.values()]


def test_target_models_that_cannot_be_had_are_refused(zoo: Site) -> None:
    with pytest.raises(UnknownTarget, match=r"bucket: bucket, key: zoo/dog\.tar\.gz"):
        zoo.ask(model="dog.tar.gz")
    with pytest.raises(WrongTarget, match=r"valid tar\.gz archive"):
        zoo.ask(model="none.tar.gz")
    with pytest.raises(Broken, match="cannot be loaded"):
        zoo.ask(model="broken.tar.gz")
    with pytest.raises(WrongTarget, match="requires a target model"):
        zoo.ask()

    assert all(berth.users == 0 for crew in crews(zoo) for berth in crew._berths)


@pytest.fixture
def stage(site: Site) -> Site:
    """An endpoint for inference components, in service although it has none."""
    site.config("shared", variant(None, InitialInstanceCount=1), ExecutionRoleArn=ROLE)
    site.client.create_endpoint(EndpointName="digits", EndpointConfigName="shared")
    assert site.settled()["EndpointStatus"] == "InService"
    assert site.processes() == 0
    return site


def component(site: Site, name: str, model: str, copies: int = 1) -> None:
    site.client.create_inference_component(
        InferenceComponentName=name,
        EndpointName="digits",
        VariantName="AllTraffic",
        Specification=specification(model),
        RuntimeConfig={"CopyCount": copies},
    )


def specification(model: str) -> dict[str, Any]:
    return {"ModelName": model, "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 256}}


def settled(site: Site, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        found: dict[str, Any] = site.client.describe_inference_component(InferenceComponentName=name)
        return found

    eventually(lambda: look()["InferenceComponentStatus"] not in ("Creating", "Updating"))
    return look()


def test_inference_components_answer_by_their_names(stage: Site) -> None:
    for name in ("ant", "bee"):
        stage.model(name)
        component(stage, name, name, copies=2 if name == "bee" else 1)
    for name in ("ant", "bee"):
        assert settled(stage, name)["InferenceComponentStatus"] == "InService"

    assert stage.ask(b"7", component="ant") == "ant:7"
    assert stage.ask(b"7", component="bee") == "bee:7"
    assert stage.processes() == 3
    assert "serving bee" in stage.log("bee", "InferenceComponents")
    with pytest.raises(UnknownTarget, match="Inference Component cat"):
        stage.ask(component="cat")
    with pytest.raises((NoCapacity, UnknownTarget)):
        stage.ask()


def test_a_component_gets_more_copies_another_model_and_goes(stage: Site) -> None:
    for name in ("ant", "bee"):
        stage.model(name)
    component(stage, "one", "ant")
    settled(stage, "one")

    stage.client.update_inference_component_runtime_config(
        InferenceComponentName="one", DesiredRuntimeConfig={"CopyCount": 2}
    )
    assert settled(stage, "one")["RuntimeConfig"]["CurrentCopyCount"] == 2
    assert stage.processes() == 2

    stage.client.update_inference_component(InferenceComponentName="one", Specification=specification("bee"))
    settled(stage, "one")
    assert stage.ask(b"7", component="one") == "bee:7"
    eventually(lambda: stage.processes() == 2)

    stage.client.delete_inference_component(InferenceComponentName="one")
    eventually(lambda: not stage.processes())


def test_an_adapter_is_answered_by_its_base(stage: Site) -> None:
    stage.model("ant")
    component(stage, "base", "ant")
    settled(stage, "base")
    stage.client.create_inference_component(
        InferenceComponentName="adapter",
        EndpointName="digits",
        Specification={"BaseInferenceComponentName": "base", "Container": {"ArtifactUrl": "s3://bucket/adapter/"}},
    )

    assert settled(stage, "adapter")["InferenceComponentStatus"] == "InService"
    assert stage.ask(b"7", component="adapter") == "ant:7"


def test_a_component_whose_model_crashes_fails_and_an_update_to_it_is_taken_back(stage: Site) -> None:
    stage.model("ant")
    stage.model("bad", CRASHING)
    component(stage, "one", "ant")
    component(stage, "two", "bad")

    assert settled(stage, "two")["InferenceComponentStatus"] == "Failed"
    assert "inference component two did not pass the ping health check" in settled(stage, "two")["FailureReason"]

    settled(stage, "one")
    stage.client.update_inference_component(InferenceComponentName="one", Specification=specification("bad"))
    found = settled(stage, "one")
    assert found["InferenceComponentStatus"] == "InService"
    assert "did not pass the ping health check" in found["FailureReason"]
    assert stage.ask(b"7", component="one") == "ant:7"
