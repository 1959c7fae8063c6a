"""What an installation may do, and how it runs: least privilege on both sides."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml
from tests.builders import as_file, model, training_job
from tests.cluster.operating import Operator, environment

from sagemaker_local.cluster import Cluster
from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.faults import SCALING
from sagemaker_operator.__main__ import main
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.generate.iam import actions
from sagemaker_operator.kinds import GROUP, KINDS
from sagemaker_operator.model.service import has_operation

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "manifests"
INSTALL: list[dict[str, Any]] = list(yaml.safe_load_all((MANIFESTS / "install.yaml").read_text()))
ACCOUNT = "system:serviceaccount:sagemaker-operator-system:sagemaker-operator"


def only(kind: str, name: str = "sagemaker-operator") -> dict[str, Any]:
    (found,) = (each for each in INSTALL if each["kind"] == kind and each["metadata"]["name"] == name)
    return found


def container() -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = only("Deployment")["spec"]["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("manifest", INSTALL, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
def test_every_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.36", strict=True)


def test_the_operator_may_do_exactly_this_to_kubernetes() -> None:
    rules = only("ClusterRole")["rules"]

    plurals, composed = [kind.plural for kind in KINDS.values()], ["crontrainingjobs"]
    monitoring = {"dataquality", "modelquality", "modelbias", "modelexplainability"}
    made = {"trainingjobs", "models", "endpointconfigs", "processingjobs"}
    made |= {f"{name}jobdefinitions" for name in monitoring}
    gone = [kind.plural for kind in KINDS.values() if kind.run is not None or kind.plural in made]
    owning = ("crontrainingjobs", "hyperparametertuningjobs", "endpoints", "monitoringschedules")
    owners = {f"{plural}/finalizers" for plural in owning}
    assert rules == [
        {"apiGroups": [GROUP], "resources": plurals, "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": [GROUP], "resources": composed, "verbs": ["get", "list", "watch"]},
        {"apiGroups": [GROUP], "resources": [one for one in plurals if one in made], "verbs": ["create"]},
        {
            "apiGroups": [GROUP],
            "resources": [one for one in (f"{plural}/finalizers" for plural in (*composed, *plurals)) if one in owners],
            "verbs": ["update"],
        },
        {"apiGroups": [GROUP], "resources": gone, "verbs": ["delete"]},
        {
            "apiGroups": [GROUP],
            "resources": [f"{plural}/status" for plural in [*plurals, *composed]],
            "verbs": ["patch"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
    ]


def test_the_operator_may_hold_its_own_lease_and_no_other() -> None:
    role = only("Role")

    assert role["metadata"]["namespace"] == "sagemaker-operator-system"
    leases = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"]}
    assert role["rules"] == [
        {**leases, "verbs": ["create"]},
        {**leases, "resourceNames": ["sagemaker-operator"], "verbs": ["get", "update"]},
    ]


def test_no_role_has_a_wildcard_or_reaches_secrets() -> None:
    for role in (each for each in INSTALL if each["kind"] in ("Role", "ClusterRole")):
        for rule in role["rules"]:
            said = {*rule["apiGroups"], *rule["resources"], *rule["verbs"]}
            assert not said & {"*", "secrets", "pods", "escalate", "bind", "impersonate"}, role["metadata"]["name"]


@pytest.mark.parametrize("who", ["view", "edit", "admin"])
def test_people_get_our_kinds_through_the_roles_of_their_cluster(who: str) -> None:
    role = only("ClusterRole", f"sagemaker-operator-{who}")

    assert role["metadata"]["labels"][f"rbac.authorization.k8s.io/aggregate-to-{who}"] == "true"
    (rule,) = role["rules"]
    assert rule["resources"] == [kind.plural for kind in ALL_KINDS.values()]
    assert ("delete" in rule["verbs"]) == (who != "view")


def test_the_container_runs_under_the_restricted_standard() -> None:
    pod = only("Deployment")["spec"]["template"]["spec"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert only("Namespace", "sagemaker-operator-system")["metadata"]["labels"][
        "pod-security.kubernetes.io/enforce"
    ] == ("restricted")


def test_the_container_asks_for_memory_and_has_no_cpu_limit() -> None:
    assert container()["resources"] == {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "256Mi"}}


def test_the_probes_ask_the_port_that_the_operator_listens_on() -> None:
    env = {each["name"]: each.get("value") for each in container()["env"]}
    (port,) = container()["ports"]

    assert env["SAGEMAKER_OPERATOR_HTTP_ADDRESS"] == f"0.0.0.0:{port['containerPort']}"
    assert container()["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    assert container()["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": port["name"]}


def test_the_operator_reads_every_variable_that_the_deployment_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [each["name"] for each in container()["env"] if each["name"].startswith("SAGEMAKER_OPERATOR_")]
    for name in names:
        monkeypatch.setenv(name, f"from {name}")

    command = main.commands["run"]
    with (
        main.make_context("sagemaker-operator", ["run"]) as outer,
        click.Context(command, parent=outer, info_name="run", **command.context_settings) as inner,
    ):
        read = {option.resolve_envvar_value(inner) for option in command.params}

    assert {f"from {name}" for name in names} <= read


def iam_policies() -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(MANIFESTS.glob("iam-policy*.json"))]


def test_the_iam_policies_name_the_operations_of_the_kinds_and_pass_roles_to_sagemaker_alone() -> None:
    statements = [statement for policy in iam_policies() for statement in policy["Statement"]]

    manage = [statement for statement in statements if statement["Sid"] == "ManageResources"]
    others = {statement["Sid"]: statement for statement in statements if statement not in manage}
    hand_over, read_logs = others.pop("HandExecutionRolesToSageMaker"), others.pop("ReadLogsOfJobs")
    named = {action for statement in manage for action in statement["Action"]}
    assert named == {f"sagemaker:{name}" for name in actions(tuple(KINDS.values()))}
    assert "*" not in "".join(named)
    assert hand_over["Action"] == "iam:PassRole"
    assert hand_over["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    assert read_logs["Action"] == ["logs:DescribeLogStreams", "logs:GetLogEvents"]
    assert read_logs["Resource"].endswith(":log-group:/aws/sagemaker/*")
    scaling = {"ChangeScaling", "ReadScaling", "AlarmsOfTargetTracking", "RoleOfApplicationAutoScaling"}
    assert {*others} == scaling | {"LookForCapturedData", "ReadFindings", "TellOfViolations"}


def test_the_operator_may_read_of_s3_what_runs_have_found_and_tell_of_it_within_its_own_account() -> None:
    statements = {statement["Sid"]: statement for policy in iam_policies() for statement in policy["Statement"]}

    looks, reads, tells = (statements[sid] for sid in ("LookForCapturedData", "ReadFindings", "TellOfViolations"))
    assert [statement["Action"] for statement in (looks, reads, tells)] == [
        "s3:ListBucket",
        "s3:GetObject",
        "sns:Publish",
    ]
    assert {arn.rpartition("/")[2] for arn in reads["Resource"]} == {"constraint_violations.json", "summary.json"}
    own = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    assert all(statement["Condition"] == own for statement in (looks, reads, tells))


def test_the_operator_may_scale_what_sagemaker_has_and_nothing_else() -> None:
    statements = {statement["Sid"]: statement for policy in iam_policies() for statement in policy["Statement"]}

    # What has been scaled is for people to read.
    called = {f"application-autoscaling:{name}" for name in SCALING - {"DescribeScalingActivities"}}
    named = {*statements["ChangeScaling"]["Action"], *statements["ReadScaling"]["Action"]}
    changes = statements["ChangeScaling"]["Condition"]["StringEquals"]
    role = statements["RoleOfApplicationAutoScaling"]
    assert named == called
    assert all(":Describe" in action for action in statements["ReadScaling"]["Action"])
    assert changes == {"application-autoscaling:service-namespace": "sagemaker"}
    assert role["Resource"].endswith("/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
    assert statements["AlarmsOfTargetTracking"]["Resource"].endswith(":alarm:TargetTracking-*")


def test_each_iam_policy_is_small_enough_for_a_managed_policy() -> None:
    for policy in iam_policies():
        assert len(json.dumps(policy, separators=(",", ":"))) <= 6144


def test_the_operator_is_allowed_to_stop_and_start_only_what_it_does_stop_and_start() -> None:
    assert {"StopNotebookInstance", "StartNotebookInstance", "StopTrainingJob"} <= set(actions(tuple(KINDS.values())))
    assert "StartInferenceExperiment" not in actions(tuple(KINDS.values()))


def test_reading_configmaps_and_secrets_is_allowed_nowhere_until_somebody_binds_a_role() -> None:
    roles = list(yaml.safe_load_all((MANIFESTS / "read-sources.yaml").read_text()))

    assert [(role["kind"], role["rules"]) for role in roles] == [
        ("ClusterRole", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]),
        ("ClusterRole", [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]),
    ]
    names = {role["metadata"]["name"] for role in roles}
    assert not names & {each["metadata"]["name"] for each in INSTALL}


def test_every_operation_of_the_iam_policy_exists() -> None:
    for name in actions(tuple(KINDS.values())):
        assert has_operation(name), name
    assert {"CreateTrainingJob", "StopProcessingJob", "UpdateEndpoint", "ListTags"} <= set(
        actions(tuple(KINDS.values()))
    )


@pytest.fixture(scope="module")
def installed() -> Iterator[tuple[Cluster, str]]:
    """A cluster with everything installed as the documentation says, and what kubectl said about it."""
    with Cluster.start() as cluster:
        cluster.kubectl("apply", "--server-side", "-k", str(ROOT / "crds"))
        done = cluster.kubectl("apply", "-f", str(MANIFESTS / "install.yaml"))
        yield cluster, done.stdout + done.stderr


def may(cluster: Cluster, verb: str, what: str, *where: str) -> bool:
    done = cluster.kubectl("auth", "can-i", verb, what, f"--as={ACCOUNT}", *where, check=False)
    return done.stdout.strip() == "yes"


def test_it_installs_without_a_warning(installed: tuple[Cluster, str]) -> None:
    _, said = installed

    assert "Warning" not in said
    assert said.count("created") == len(INSTALL)


def test_the_kustomization_is_the_same_as_the_single_file(installed: tuple[Cluster, str]) -> None:
    cluster, _ = installed
    built = list(yaml.safe_load_all(cluster.kubectl("kustomize", str(MANIFESTS)).stdout))

    def sort(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(objects, key=lambda each: (each["kind"], each["metadata"]["name"]))

    assert sort(built) == sort(INSTALL)


@pytest.mark.parametrize(
    ("verb", "what", "where"),
    [
        ("watch", f"trainingjobs.{GROUP}", "--all-namespaces"),
        ("patch", f"endpoints.{GROUP}/status", "--all-namespaces"),
        ("create", f"trainingjobs.{GROUP}", "--all-namespaces"),
        ("delete", f"trainingjobs.{GROUP}", "--all-namespaces"),
        ("patch", f"crontrainingjobs.{GROUP}/status", "--all-namespaces"),
        ("create", "events", "--namespace=default"),
        ("update", "leases.coordination.k8s.io/sagemaker-operator", "--namespace=sagemaker-operator-system"),
    ],
)
def test_the_api_server_lets_the_operator_do_its_work(
    installed: tuple[Cluster, str], verb: str, what: str, where: str
) -> None:
    cluster, _ = installed
    resource, _, name = what.partition("/")
    subresource = ["--subresource=status"] if name == "status" else []
    target = resource if subresource else what

    assert may(cluster, verb, target, where, *subresource)


@pytest.mark.parametrize(
    ("verb", "what", "where"),
    [
        ("get", "secrets", "--all-namespaces"),
        ("create", f"transformjobs.{GROUP}", "--all-namespaces"),
        ("create", f"crontrainingjobs.{GROUP}", "--all-namespaces"),
        ("delete", f"crontrainingjobs.{GROUP}", "--all-namespaces"),
        ("delete", f"endpoints.{GROUP}", "--all-namespaces"),
        ("list", "pods", "--all-namespaces"),
        ("update", "leases.coordination.k8s.io/other", "--namespace=sagemaker-operator-system"),
        ("update", "leases.coordination.k8s.io/sagemaker-operator", "--namespace=default"),
    ],
)
def test_the_api_server_lets_the_operator_do_nothing_else(
    installed: tuple[Cluster, str], verb: str, what: str, where: str
) -> None:
    cluster, _ = installed

    assert not may(cluster, verb, what, where)


@pytest.fixture
def account(installed: tuple[Cluster, str], tmp_path: Path) -> Path:
    """A kubeconfig of the service account that the Deployment runs under."""
    cluster, _ = installed
    name, namespace = "sagemaker-operator", "sagemaker-operator-system"
    token = cluster.kubectl("create", "token", name, "-n", namespace).stdout.strip()
    config = tmp_path / "kubeconfig"
    config.write_text(cluster.kubeconfig.read_text())
    for change in (
        ("set-credentials", name, f"--token={token}"),
        ("set-context", "--current", f"--user={name}", f"--namespace={namespace}"),
    ):
        cluster.kubectl(f"--kubeconfig={config}", "config", *change)
    return config


def test_the_operator_does_its_work_with_the_permissions_that_it_is_installed_with(
    installed: tuple[Cluster, str], account: Path, tmp_path: Path
) -> None:
    cluster, _ = installed
    with Emulator.start(speed=500.0, check_s3=False) as sagemaker:
        flags = (f"--endpoint-url={sagemaker.url}", "--lease-namespace=sagemaker-operator-system")
        operator = Operator(flags, environment(kubeconfig=account, home=tmp_path), tmp_path / "log")
        operator.start()
        try:
            cluster.kubectl("apply", "-f", "-", input=as_file(training_job("a", deletionPolicy="Delete"), model("a")))
            cluster.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "smtj/a", "smmodel/a")
            cluster.kubectl("delete", "--timeout=60s", "smtj/a", "smmodel/a")
            # Events are told in the background, and what was told is there when the process has ended.
            operator.stop()
        finally:
            if operator.running:
                operator.kill()
        events = cluster.kubectl("get", "events", "-o", "jsonpath={.items[*].involvedObject.kind}").stdout

    assert {"TrainingJob", "Model"} <= set(events.split())
    assert not [line for line in operator.lines() if "forbidden" in line.lower()]
