"""Reading and writing objects on a real API server."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.cluster.kube.world import Probes

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, KINDS
from sagemaker_operator.kube.access import in_cluster, load_access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.errors import AccessError, Conflict, Forbidden, Invalid, Missing, Unavailable


async def test_a_patch_changes_spec_and_status_each_by_itself(client: KubeClient, probes: Probes) -> None:
    probes.apply("one", size=1)

    await client.patch(probes.kind, probes.namespace, "one", {"spec": {"size": 2}, "status": {"state": "no"}})
    patched = await client.patch(probes.kind, probes.namespace, "one", {"status": {"state": "yes"}}, status=True)

    assert patched is not None
    assert (patched["spec"], patched["status"]) == ({"size": 2}, {"state": "yes"})


async def test_a_change_to_a_version_that_is_no_longer_there_is_a_conflict(client: KubeClient, probes: Probes) -> None:
    probes.apply("one", size=1)
    old = await client.get(probes.kind, probes.namespace, "one")
    assert old is not None
    await client.patch(probes.kind, probes.namespace, "one", {"spec": {"size": 2}})

    with pytest.raises(Conflict, match=r"PATCH .*/probes/one: .*modified"):
        await client.patch(
            probes.kind,
            probes.namespace,
            "one",
            {"spec": {"size": 3}},
            resource_version=old["metadata"]["resourceVersion"],
        )


async def test_a_change_to_the_version_that_is_there_is_made(client: KubeClient, probes: Probes) -> None:
    probes.apply("one", size=1)
    now = await client.get(probes.kind, probes.namespace, "one")
    assert now is not None

    body = {"metadata": {"finalizers": [f"{GROUP}/test"]}}
    version = now["metadata"]["resourceVersion"]
    held = await client.patch(probes.kind, probes.namespace, "one", body, resource_version=version)
    freed = await client.patch(probes.kind, probes.namespace, "one", {"metadata": {"finalizers": None}})

    assert held is not None
    assert freed is not None
    assert held["metadata"]["finalizers"] == [f"{GROUP}/test"]
    assert "finalizers" not in freed["metadata"]


async def test_what_does_not_exist_is_none(client: KubeClient, probes: Probes) -> None:
    assert await client.get(probes.kind, probes.namespace, "nobody") is None
    assert await client.patch(probes.kind, probes.namespace, "nobody", {"spec": {"size": 1}}) is None


async def test_a_name_that_is_taken_cannot_be_created_again(client: KubeClient, probes: Probes) -> None:
    body = {"kind": "Probe", "metadata": {"name": "one"}, "spec": {"size": 1}}

    created = await client.create(probes.kind, probes.namespace, body)

    assert created["metadata"]["uid"]
    with pytest.raises(Conflict, match=r"POST .*/probes: .*already exists"):
        await client.create(probes.kind, probes.namespace, body)


async def test_nothing_can_be_created_where_there_is_no_namespace(client: KubeClient, probes: Probes) -> None:
    with pytest.raises(Missing, match=r"POST .*nowhere"):
        await client.create(probes.kind, "nowhere", {"kind": "Probe", "metadata": {"name": "one"}, "spec": {"size": 1}})


async def test_only_the_very_object_that_is_meant_is_deleted(client: KubeClient, probes: Probes) -> None:
    probes.apply("one", size=1)
    old = await client.get(probes.kind, probes.namespace, "one")
    assert old is not None
    uid, version = old["metadata"]["uid"], old["metadata"]["resourceVersion"]
    await client.patch(probes.kind, probes.namespace, "one", {"spec": {"size": 2}})

    with pytest.raises(Conflict, match="DELETE"):
        await client.delete(probes.kind, probes.namespace, "one", uid="another")
    with pytest.raises(Conflict, match="DELETE"):
        await client.delete(probes.kind, probes.namespace, "one", uid=uid, resource_version=version)
    there = await client.delete(probes.kind, probes.namespace, "one", uid=uid)
    again = await client.delete(probes.kind, probes.namespace, "one", uid=uid)

    assert (there, again) == (True, False)
    assert await client.get(probes.kind, probes.namespace, "one") is None


async def test_the_objects_of_a_label_are_found_with_what_they_say(client: KubeClient, probes: Probes) -> None:
    for name, team in (("one", "a"), ("two", "b"), ("three", "a")):
        body = {"kind": "Probe", "metadata": {"name": name, "labels": {"team": team}}, "spec": {"size": 1}}
        await client.create(probes.kind, probes.namespace, body)

    found = await client.labelled(probes.kind, probes.namespace, "team=a")

    assert sorted(each["metadata"]["name"] for each in found) == ["one", "three"]
    assert all(each["spec"] == {"size": 1} for each in found)


async def test_what_the_schema_forbids_is_invalid_and_says_which_field(client: KubeClient, probes: Probes) -> None:
    probes.apply("one", size=1)

    with pytest.raises(Invalid, match=r"spec\.size"):
        await client.patch(probes.kind, probes.namespace, "one", {"spec": {"size": 10}})


async def test_the_metadata_of_all_objects_come_page_by_page(client: KubeClient, probes: Probes) -> None:
    probes.apply("a", "b", "c")

    everywhere = await client.list_metadata(probes.kind, limit=2)
    here = await client.list_metadata(probes.kind, probes.namespace, limit=2)

    assert sorted(meta.name for meta in here) == ["a", "b", "c"]
    assert set(here) <= set(everywhere)
    assert all(meta.uid and meta.resource_version for meta in here)


async def test_a_kind_counts_as_served_when_its_definition_is_installed(client: KubeClient, probes: Probes) -> None:
    served = await client.served_kinds()

    assert "probes" in served
    assert not any("/" in name for name in served)


async def test_listing_a_kind_without_definition_is_an_error_and_not_an_empty_list(
    cluster: Cluster, client: KubeClient
) -> None:
    kind = KINDS["Endpoint"]
    cluster.kubectl("delete", "crd", f"{kind.plural}.{GROUP}", "--ignore-not-found")

    with pytest.raises(Missing, match="GET /apis/sagemaker-operator"):
        await client.list_metadata(kind)


async def test_a_token_that_is_not_accepted_names_where_it_came_from(cluster: Cluster, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig.read_text().replace(cluster.token, "not-the-token"))

    async with KubeClient(load_access(kubeconfig=str(kubeconfig))) as client:
        with pytest.raises(Forbidden, match=f"does not accept the credentials of {kubeconfig}"):
            await client.served_kinds()


async def test_without_permission_the_answer_names_verb_and_resource(
    cluster: Cluster, tmp_path: Path, probes: Probes
) -> None:
    cluster.kubectl("create", "serviceaccount", "nobody", "-n", probes.namespace)
    token = cluster.kubectl("create", "token", "nobody", "-n", probes.namespace).stdout.strip()
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig.read_text().replace(cluster.token, token))

    async with KubeClient(load_access(kubeconfig=str(kubeconfig))) as client:
        with pytest.raises(Forbidden, match='cannot get resource "probes"'):
            await client.get(probes.kind, probes.namespace, "one")


async def test_an_exec_plugin_gives_the_token_and_is_asked_again_when_it_was_refused(
    cluster: Cluster, tmp_path: Path
) -> None:
    token, plugin = tmp_path / "token", tmp_path / "plugin"
    plugin.write_text(
        "#!/bin/sh\n"
        f'printf \'%s%s%s\' \'{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
        f'"status":{{"token":"\' "$(cat {token})" \'"}}}}\'\n'
    )
    plugin.chmod(0o755)
    told = json.loads(cluster.kubectl("config", "view", "--raw", "--flatten", "-o", "json").stdout)
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": "Never"}
    told["users"][0]["user"] = {"exec": exec_}
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(told))

    token.write_text("expired")
    async with KubeClient(await asyncio.to_thread(load_access, kubeconfig=str(kubeconfig))) as client:
        token.write_text(cluster.token)
        assert await client.request("GET", "/version") is not None
        assert await client.request("GET", "/api/v1/namespaces/default") is not None


async def test_a_pod_goes_on_when_its_token_was_replaced(cluster: Cluster, tmp_path: Path, namespace: str) -> None:
    (tmp_path / "ca.crt").write_bytes(cluster.ca.read_bytes())
    (tmp_path / "namespace").write_text(namespace)
    (tmp_path / "token").write_text("expired")
    host, port = cluster.server.removeprefix("https://").split(":")

    async with KubeClient(in_cluster(host=host, port=port, directory=tmp_path)) as client:
        token = cluster.kubectl("create", "token", "default", "-n", namespace).stdout
        (tmp_path / "token").write_text(token)
        assert await client.request("GET", "/version") is not None


async def test_an_api_server_that_is_away_is_unavailable_and_back_when_it_is_back(
    cluster: Cluster, client: KubeClient
) -> None:
    await asyncio.to_thread(cluster.stop_api_server)
    try:
        with pytest.raises(Unavailable, match=f"no answer from {cluster.server}"):
            await client.served_kinds()
    finally:
        await asyncio.to_thread(cluster.start_api_server)

    assert await client.request("GET", "/version") is not None


def test_a_kubeconfig_without_the_wanted_context_is_refused_by_name(cluster: Cluster) -> None:
    with pytest.raises(AccessError, match="elsewhere"):
        load_access(kubeconfig=str(cluster.kubeconfig), context="elsewhere")
