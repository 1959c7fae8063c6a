"""Model servers and the life of the emulator: what stops with it, starts with it, and comes back with a restored account."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.runner import models
from tests.runner.models import Site, eventually, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution


@contextmanager
def started(directory: Path, *, state: Path | None = None) -> Iterator[Site]:
    execution = Execution(images=models.images(directory), servers=2)
    with Emulator.start(speed=100, execution=execution, state=state) as emulator:
        client, s3 = emulator.client(), emulator.client("s3")
        s3.create_bucket(Bucket="bucket")
        yield Site(emulator, client, s3)
        client.close()
        s3.close()


def pids(site: Site) -> list[int]:
    crews = [crew for house in site.hosting._houses.values() for crew in house._crews.values()]
    return [pid for crew in crews for berth in crew._berths if berth.server is not None for pid in berth.server.pids]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_no_server_outlives_the_emulator(tmp_path: Path) -> None:
    with started(tmp_path) as site:
        site.serve("first", InitialInstanceCount=2)
        found, scratch = pids(site), site.hosting._tools.directory
        assert len(found) == 2
        assert all(alive(pid) for pid in found)

    assert not any(alive(pid) for pid in found)
    assert not scratch.exists()


def test_a_reset_ends_all_servers(tmp_path: Path) -> None:
    with started(tmp_path) as site:
        site.serve("first")
        (pid,) = pids(site)

        site.emulator.reset()

        eventually(lambda: not alive(pid))
        assert site.processes() == 0


def test_servers_of_endpoints_in_service_start_again_with_the_emulator(tmp_path: Path) -> None:
    with started(tmp_path, state=tmp_path / "state") as site:
        site.serve("first")
        site.client.delete_model(ModelName="first")
        site.client.delete_endpoint_config(EndpointConfigName="first")

    with started(tmp_path, state=tmp_path / "state") as again:
        assert again.status()["EndpointStatus"] == "InService"
        eventually(lambda: again.hosting.instances(models.HERE, "digits") == {"AllTraffic": 1})
        assert again.ask(b"7") == "first:7"


def test_what_came_into_service_is_on_disk_before_the_emulator_ends(tmp_path: Path) -> None:
    with started(tmp_path, state=tmp_path / "state") as site:
        site.serve("first")

        eventually(lambda: kept(tmp_path / "state/state.zip") == "InService")


def kept(file: Path) -> str:
    """The status of the endpoint in a file."""
    with zipfile.ZipFile(file) as archive:
        resources = json.loads(archive.read("state.json"))["resources"]
    found: list[str] = [one["status"] for one in resources if one["kind"] == "Endpoint"]
    return found[0] if found else ""


def test_an_endpoint_that_was_simulated_is_served_where_it_can_be(tmp_path: Path) -> None:
    with Emulator.start(speed=1000, state=tmp_path / "state") as emulator:
        site = Site(emulator, emulator.client(), emulator.client("s3"))
        site.s3.create_bucket(Bucket="bucket")
        site.serve("first")
        site.client.close()
        site.s3.close()

    with started(tmp_path, state=tmp_path / "state") as again:
        eventually(lambda: again.hosting.instances(models.HERE, "digits") == {"AllTraffic": 1})
        assert again.ask(b"7") == "first:7"


def test_a_creation_that_was_interrupted_goes_on_with_the_emulator(tmp_path: Path) -> None:
    with started(tmp_path, state=tmp_path / "state") as site:
        site.model("first", models.SILENT)
        site.config("first", variant("first", ContainerStartupHealthCheckTimeoutInSeconds=3600))
        site.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
        eventually(lambda: "never answers" in site.log())
        site.upload("first/model.tar.gz", models.program("repaired"))
        assert site.status()["EndpointStatus"] == "Creating"

    with started(tmp_path, state=tmp_path / "state") as again:
        assert again.settled()["EndpointStatus"] == "InService"
        assert again.ask(b"7") == "repaired:7"


def test_an_update_that_was_interrupted_goes_on_with_the_emulator(tmp_path: Path) -> None:
    with started(tmp_path, state=tmp_path / "state") as site:
        site.serve("first")
        site.model("second", models.SILENT)
        site.config("second", variant("second", ContainerStartupHealthCheckTimeoutInSeconds=3600))
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
        eventually(lambda: "never answers" in site.log())
        site.upload("second/model.tar.gz", models.program("repaired"))

    with started(tmp_path, state=tmp_path / "state") as again:
        assert again.settled()["EndpointConfigName"] == "second"
        assert again.ask(b"7") == "repaired:7"


def test_a_change_of_capacity_that_was_interrupted_goes_on_with_the_emulator(tmp_path: Path) -> None:
    with started(tmp_path, state=tmp_path / "state") as site:
        site.serve("first", ContainerStartupHealthCheckTimeoutInSeconds=3600)
        site.upload("first/model.tar.gz", models.program("first", models.SILENT))
        wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}]
        site.client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)
        eventually(lambda: "never answers" in site.log())
        assert site.ask(b"7") == "first:7"
        site.upload("first/model.tar.gz", models.program("repaired"))

    with started(tmp_path, state=tmp_path / "state") as again:
        assert again.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
        assert again.processes() == 2


def test_a_restored_account_has_its_servers_and_none_of_the_one_before(tmp_path: Path) -> None:
    with started(tmp_path) as site:
        site.serve("first")
        site.emulator.save(tmp_path / "account")
        site.model("second")
        site.config("second", variant("second"))
        site.client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
        site.settled()
        (before,) = pids(site)

        site.emulator.restore(tmp_path / "account")

        eventually(lambda: site.hosting.instances(models.HERE, "digits") == {"AllTraffic": 1})
        assert site.ask(b"7") == "first:7"
        eventually(lambda: not alive(before))
