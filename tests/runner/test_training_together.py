"""Training on several instances: processes that find each other by name, share data, and end together."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.runner.floor import Floor, channel, floor

from sagemaker_local.runner.sandbox import RELOCATED, Sandbox


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with floor(tmp_path_factory.mktemp("floor"), speed=60.0) as made:
        yield made


TALKS = """
    import json, pathlib, socket, time
    config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
    me, hosts = config["current_host"], config["hosts"]
    if me == hosts[0]:
        with socket.create_server((hosts[0], 7777)) as server:
            said = []
            while len(said) < len(hosts) - 1:
                peer, _ = server.accept()
                with peer:
                    said.append(peer.makefile().readline().strip())
        pathlib.Path("/opt/ml/model/said").write_text(",".join(sorted(said)))
    else:
        for _ in range(1000):
            try:
                with socket.create_connection((hosts[0], 7777)) as there:
                    there.sendall(f"hello from {me}\\n".encode())
                    break
            except ConnectionRefusedError:
                time.sleep(0.02)
        pathlib.Path(f"/opt/ml/model/from-{me}").write_text(socket.gethostname())
"""


def test_instances_talk_to_each_other_by_name_and_leave_one_model(shop: Floor) -> None:
    shop.train(TALKS, "talks", count=2)

    job = shop.ended("talks")
    assert job["TrainingJobStatus"] == "Completed", shop.lines("talks")
    model = shop.archive("out/talks/output/model.tar.gz")
    assert model == {"said": b"hello from algo-2", "from-algo-2": b"algo-2"}
    assert sorted(name.split("/")[1][:6] for name in shop.streams("talks")) == ["algo-1", "algo-2"]


def test_two_jobs_may_use_the_same_port_at_once(shop: Floor) -> None:
    shop.train(TALKS, "talks-a", count=2)
    shop.train(TALKS, "talks-b", count=2)

    assert shop.ended("talks-a")["TrainingJobStatus"] == "Completed"
    assert shop.ended("talks-b")["TrainingJobStatus"] == "Completed"


FAILS_ALONE = """
    import os, pathlib, time
    if os.environ["SM_CURRENT_HOST"] == "algo-2":
        pathlib.Path("/opt/ml/output/failure").write_text("the second one broke")
        raise SystemExit(4)
    print("working", flush=True)
    time.sleep(600)
"""


def test_an_instance_that_fails_ends_the_others_and_gives_the_reason(shop: Floor) -> None:
    shop.train(FAILS_ALONE, "breaks", count=2)

    assert shop.ended("breaks")["FailureReason"] == "AlgorithmError: the second one broke, exit code: 4"


SHARES = """
    import json, os
    print(json.dumps(sorted(os.listdir("/opt/ml/input/data/train"))))
"""


def test_a_sharded_channel_gives_each_instance_its_part(shop: Floor) -> None:
    shop.put(**{f"shards__{number}": "x" for number in range(5)})

    source = {"S3DataDistributionType": "ShardedByS3Key"}
    shop.train(SHARES, "shares", count=2, InputDataConfig=[channel("train", "s3://data/shards/", source=source)])

    assert shop.ended("shares")["TrainingJobStatus"] == "Completed"
    parts = [json.loads(line) for line in shop.lines("shares")]
    assert sorted(parts) == [["0", "2", "4"], ["1", "3"]]


def test_groups_of_instances_get_the_channels_that_are_theirs(shop: Floor) -> None:
    shop.put(only__a="x")
    groups = [
        {"InstanceGroupName": "one", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        {"InstanceGroupName": "two", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
    ]
    code = "import os; print(os.environ['SM_CURRENT_INSTANCE_GROUP'], sorted(os.listdir('/opt/ml/input/data')))"
    only = channel("only", "s3://data/only/", source={"InstanceGroupNames": ["two"]})

    shop.sagemaker.create_training_job(
        TrainingJobName="groups",
        AlgorithmSpecification={"TrainingImage": "registry.example/own:1", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::123456789012:role/any",
        OutputDataConfig={"S3OutputPath": "s3://data/out"},
        ResourceConfig={"InstanceGroups": groups, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        InputDataConfig=[channel("code", upload(shop, "groups", code)), only],
    )

    assert shop.ended("groups")["TrainingJobStatus"] == "Completed"
    assert shop.lines("groups") == [
        "one ['code', 'code-manifest']",
        "two ['code', 'code-manifest', 'only', 'only-manifest']",
    ]


def upload(shop: Floor, name: str, code: str) -> str:
    shop.s3.put_object(Bucket="data", Key=f"code-{name}/main.py", Body=code)
    return f"s3://data/code-{name}/"


TALKS_ANYWHERE = """
    import json, os, pathlib, socket, time
    config = json.loads(os.environ["SM_RESOURCE_CONFIG"])
    base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
    assert config == json.loads((base / "input/config/resourceconfig.json").read_text())
    me, hosts = config["current_host"], config["hosts"]
    if me == hosts[0]:
        with socket.create_server((me, 7777)) as server:
            peer, _ = server.accept()
            with peer:
                pathlib.Path(os.environ["SM_MODEL_DIR"], "said").write_bytes(peer.recv(9))
    else:
        for _ in range(1000):
            try:
                with socket.create_connection((hosts[0], 7777)) as there:
                    there.sendall(b"hello")
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
"""


def test_instances_find_each_other_where_nothing_can_be_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sagemaker_local.runner.execution.Sandbox", partial(Sandbox, RELOCATED))
    with floor(tmp_path, speed=60.0) as moved:
        moved.train(TALKS_ANYWHERE, "moved", count=2)

        assert moved.ended("moved")["TrainingJobStatus"] == "Completed", moved.lines("moved")
        assert moved.archive("out/moved/output/model.tar.gz") == {"said": b"hello"}
