"""What a real API server says about our CRDs, and about manifests right and wrong."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import builders
from tests.builders import Manifest, as_file, with_field
from tests.cluster import served
from tests.cluster.api import Answer, Api
from tests.cluster.strict import refusals
from tests.cluster.user import QUICKLY

from sagemaker_local.cluster import Cluster
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.generate.examples import example
from sagemaker_operator.kinds import GROUP, KINDS, VERSION, Kind

ROOT = Path(__file__).parents[2]
CRDS = str(ROOT / "crds")


pytestmark = pytest.mark.usefixtures("crds")


@pytest.fixture
def api(cluster: Cluster, namespace: str) -> Iterator[Api]:
    with Api(cluster, namespace) as opened:
        yield opened


def keep(api: Api, *manifests: Manifest) -> None:
    """Creates objects."""
    for manifest in manifests:
        answer = api.create(KINDS[manifest["kind"]], manifest)
        assert answer.code == 201, answer.message


def edited(api: Api, before: Manifest, after: Manifest) -> Answer:
    """What the API server answers to the merge patch from one manifest to another, of which nothing is kept."""
    removed = dict.fromkeys(before["spec"].keys() - after["spec"].keys())
    return api.patch(KINDS[after["kind"]], after["metadata"]["name"], {"spec": {**after["spec"], **removed}}, dry=True)


def test_every_definition_is_taken_without_complaint(cluster: Cluster) -> None:
    found = json.loads(cluster.kubectl("get", "-k", CRDS, "-o", "json").stdout)["items"]

    bad = {
        f"{item['metadata']['name']}: {said['type']} {said['message']}"
        for item in found
        for said in item["status"]["conditions"]
        if said["type"] in ("NonStructuralSchema", "Terminating") or said["status"] != "True"
    }
    assert not bad
    assert len(found) == len(ALL_KINDS)


def test_applying_the_definitions_again_changes_nothing(cluster: Cluster) -> None:
    done = cluster.kubectl("diff", "--server-side", "-k", CRDS, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_taken_and_stays_as_it_was_written(cluster: Cluster, api: Api, kind: Kind) -> None:
    manifest = example(ROOT, kind)

    keep(api, manifest)

    kept = api.get(kind, manifest["metadata"]["name"]).body
    assert [found.kind for found in served.find(cluster, kind.short)] == [kind.name]
    assert kept["spec"] == manifest["spec"]
    assert kept["status"] == {"observedGeneration": -1}


def test_every_shipped_example_is_taken(cluster: Cluster) -> None:
    examples = ROOT / "examples"

    done = cluster.kubectl("apply", *QUICKLY, "--dry-run=server", "-R", "-f", str(examples), check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"trainingjob.{GROUP}/digits" in done.stdout
    refused = {str(path): refusals(cluster, path.read_text()) for path in examples.rglob("*.yaml")}
    assert {path: why for path, why in refused.items() if why} == {}


def _example(kind: str) -> Manifest:
    return example(ROOT, KINDS[kind])


REFUSED: dict[str, tuple[Manifest, str]] = {
    "a bad enumeration value": (
        with_field(builders.training_job("a"), "inputDataConfig.0.dataSource.s3DataSource.s3DataType", "S3Prefixes"),
        r"spec\.inputDataConfig\[0\]\.dataSource\.s3DataSource\.s3DataType: Unsupported value: \"S3Prefixes\"",
    ),
    "a bad ARN": (
        builders.training_job("a", roleARN="arn:aws:iam::12:role/sagemaker-execution"),
        r"spec\.roleARN: Invalid value: .*should match '\^\(\?:arn:aws",
    ),
    "a missing nested field": (
        with_field(builders.training_job("a"), "inputDataConfig.0.dataSource", None),
        r"spec\.inputDataConfig\[0\]\.dataSource: Required value",
    ),
    "a missing field": (builders.training_job("a", roleARN=None), r"spec\.roleARN: Required value"),
    "a misspelt field": (
        with_field(builders.training_job("a"), "resourceConfig.instanceKind", "ml.m5.large"),
        r'unknown field "spec\.resourceConfig\.instanceKind"',
    ),
    "an instance type that is none": (
        with_field(builders.training_job("a"), "resourceConfig.instanceType", "m5.large"),
        r"spec\.resourceConfig\.instanceType: Invalid value: \"m5\.large\"",
    ),
    "a number out of range": (
        with_field(builders.training_job("a"), "stoppingCondition.maxRuntimeInSeconds", 0),
        r"spec\.stoppingCondition\.maxRuntimeInSeconds: Invalid value: 0",
    ),
    "a string for a number": (
        with_field(builders.training_job("a"), "resourceConfig.instanceCount", "1"),
        r"spec\.resourceConfig\.instanceCount: Invalid value: \"string\"",
    ),
    "two channels of one name": (
        builders.training_job("a", inputDataConfig=builders.training_job("a")["spec"]["inputDataConfig"] * 2),
        r"spec\.inputDataConfig\[1\]: Duplicate value: .*\"channelName\":\"train\"",
    ),
    "a deletion policy that the kind does not have": (
        builders.model("a", deletionPolicy="Stop"),
        r"spec\.deletionPolicy: Unsupported value: \"Stop\": supported values: \"Delete\", \"Retain\"",
    ),
    "a region that is none": (builders.model("a", region="Frankfurt"), r"spec\.region: Invalid value: \"Frankfurt\""),
    "a value and a reference to it": (
        with_field(builders.endpoint_config("a"), "productionVariants.0.modelRef", {"name": "m"}),
        r"spec\.productionVariants\[0\]\.modelRef: Invalid value: .*at most one of modelName and modelRef can be set",
    ),
    "a value and a reference to it where one is needed": (
        builders.endpoint("a", endpointConfigRef={"name": "c"}),
        r"spec\.productionVariants: .*exactly one of endpointConfigName, endpointConfigRef and productionVariants must be",
    ),
    "neither a value nor a reference to it": (
        builders.endpoint("a", endpointConfigName=None),
        r"spec\.productionVariants: .*exactly one of endpointConfigName, endpointConfigRef and productionVariants must be",
    ),
    "a reference without a name": (
        builders.endpoint("a", endpointConfigName=None, endpointConfigRef={}),
        r"spec\.endpointConfigRef\.name: Required value",
    ),
    "a nested value and a reference to it": (
        with_field(
            builders.data_quality_job_definition("a"), "dataQualityJobInput.endpointInput.endpointRef", {"name": "e"}
        ),
        r"spec\.dataQualityJobInput\.endpointInput\.endpointRef: .*exactly one of endpointName and endpointRef must be set",
    ),
}


_SCRIPTS, _NOTEBOOK = _example("NotebookInstanceLifecycleConfig"), _example("NotebookInstance")
REFUSED |= {
    "neither of two members of which one is needed": (
        with_field(_example("ModelBiasJobDefinition"), "modelBiasJobInput.endpointInput", None),
        r"spec\.modelBiasJobInput\.batchTransformInput: .*exactly one of endpointInput and batchTransformInput must be set",
    ),
    "a name for a token that SageMaker cannot take": (
        with_field(_example("ClusterExtension"), "clientToken", "ä"),
        r"spec\.clientToken: Invalid value: \"ä\"",
    ),
    "a list and references to its items": (
        with_field(
            with_field(_NOTEBOOK, "additionalCodeRepositories", ["a"]), "additionalCodeRepositoryRefs", [{"name": "a"}]
        ),
        r"at most one of additionalCodeRepositories and additionalCodeRepositoryRefs can be set",
    ),
    "a value and a source of it": (
        with_field(
            _SCRIPTS, "onStart", [{"content": "YQ==", "contentFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]
        ),
        r"spec\.onStart\[0\]\.contentFrom: .*at most one of content and contentFrom can be set",
    ),
    "a source without a key": (
        with_field(_SCRIPTS, "onStart", [{"contentFrom": {"configMapKeyRef": {"name": "a"}}}]),
        r"spec\.onStart\[0\]\.contentFrom\.configMapKeyRef\.key: Required value",
    ),
    "a drift policy that there is not": (
        builders.model("a", driftPolicy="Forget"),
        r"spec\.driftPolicy: Unsupported value: \"Forget\"",
    ),
}


@pytest.mark.parametrize(("manifest", "because"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_manifest_is_refused_by_the_name_of_the_field(api: Api, manifest: Manifest, because: str) -> None:
    answer = api.create(KINDS[manifest["kind"]], manifest, dry=True)

    assert answer.code >= 400
    assert re.search(because, answer.message), answer.message


EDITS: dict[str, tuple[Manifest, str, object, str]] = {
    "changed": (builders.training_job("a"), "resourceConfig.instanceCount", 2, "resourceConfig.instanceCount"),
    "removed": (builders.training_job("a"), "stoppingCondition", None, "stoppingCondition"),
    "set later": (builders.training_job("a"), "enableManagedSpotTraining", True, "enableManagedSpotTraining"),
    "named later": (builders.endpoint("a"), "endpointName", "a", "endpointName"),
    "moved to another region": (builders.model("a", region="eu-west-1"), "region", "eu-west-2", "region"),
    "changed inside a list": (
        builders.endpoint_config("a"),
        "productionVariants.0.modelName",
        "b",
        "productionVariants",
    ),
    "changed within a field that can change": (
        _example("CodeRepository"),
        "gitConfig.repositoryURL",
        "https://github.com/example/other.git",
        "gitConfig.repositoryURL",
    ),
    "set later within a field that can change": (
        with_field(_example("CodeRepository"), "gitConfig.branch", None),
        "gitConfig.branch",
        "other",
        "gitConfig.branch",
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_field_that_sagemaker_cannot_change_is_refused_when_it_is(
    api: Api, edit: tuple[Manifest, str, object, str]
) -> None:
    manifest, path, value, field = edit
    keep(api, manifest)

    refused = edited(api, manifest, with_field(manifest, path, value)).message

    # A field that comes or goes is named by the rule of its parent.
    *around, name = field.split(".")
    at = "".join(rf"\.{step}" for step in around)
    assert re.search(rf"spec{at}(\.{name})?: .*{name} is immutable", refused), refused


def test_what_sagemaker_or_the_operator_can_change_can_be_edited(api: Api) -> None:
    before = (builders.endpoint("e"), builders.training_job("t"), builders.monitoring_schedule("m"))
    keep(api, *before)
    endpoint, job, schedule = before
    after = (
        with_field(with_field(endpoint, "endpointConfigName", None), "endpointConfigRef", {"name": "next"}),
        with_field(with_field(job, "deletionPolicy", "Retain"), "tags", [{"key": "team", "value": "a"}]),
        with_field(schedule, "monitoringScheduleConfig.scheduleConfig.scheduleExpression", "cron(0 12 ? * * *)"),
    )

    answers = [edited(api, *pair) for pair in zip(before, after, strict=True)]

    assert [answer.message for answer in answers if answer.code != 200] == []
    assert [answer.body["metadata"]["generation"] for answer in answers] == [2, 2, 2]


def test_the_order_of_tags_is_no_change(api: Api) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    subnets = {"subnets": ["subnet-11111111", "subnet-22222222"], "securityGroupIDs": ["sg-11111111"]}
    before = builders.training_job("a", tags=tags, vpcConfig=subnets)
    keep(api, before)
    turned = {**subnets, "subnets": subnets["subnets"][::-1]}

    answer = edited(api, before, builders.training_job("a", tags=tags[::-1], vpcConfig=turned))

    assert answer.code == 200, answer.message


ACK = """
apiVersion: {version}
kind: TrainingJob
metadata:
  name: ack-xgboost-training-job
spec:
  trainingJobName: ack-xgboost-training-job
  roleARN: arn:aws:iam::123456789012:role/ack-sagemaker-execution-role
  hyperParameters:
    max_depth: "2"
    gamma: "10"
    objective: "multi:softmax"
    num_round: "10"
  algorithmSpecification:
    trainingImage: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
    trainingInputMode: File
  outputDataConfig:
    s3OutputPath: s3://my-bucket/sagemaker/training/output
  resourceConfig:
    instanceCount: 1
    instanceType: ml.m4.xlarge
    volumeSizeInGB: 5
  stoppingCondition:
    maxRuntimeInSeconds: 3600
  enableNetworkIsolation: true
  enableInterContainerTrafficEncryption: false
  inputDataConfig:
    - channelName: train
      dataSource:
        s3DataSource:
          s3DataType: S3Prefix
          s3URI: s3://my-bucket/sagemaker/xgboost/train
          s3DataDistributionType: FullyReplicated
      contentType: text/libsvm
      compressionType: None
  debugHookConfig:
    s3OutputPath: s3://my-bucket/sagemaker/training/debug
    collectionConfigurations:
      - collectionName: feature_importance
        collectionParameters:
          save_interval: "5"
  tags:
    - key: method
      value: ack
"""


def test_a_manifest_of_aws_controllers_for_kubernetes_applies_with_another_api_version(
    cluster: Cluster, namespace: str
) -> None:
    manifest = ACK.format(version=f"{GROUP}/{VERSION}")

    done = cluster.kubectl("create", "-n", namespace, "--validate=strict", "-f", "-", input=manifest, check=False)

    assert "created" in done.stdout, done.stderr


def test_server_side_apply_by_two_owners_merges_tags(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "-n", namespace, "-f", "-", input=as_file(builders.model("a")))
    for owner in ("team", "platform"):
        tags = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Model", "metadata": {"name": "a"}}
        patch = {**tags, "spec": {"tags": [{"key": owner, "value": "x"}]}}
        cluster.kubectl(
            "apply", "-n", namespace, "--server-side", f"--field-manager={owner}", "-f", "-", input=json.dumps(patch)
        )

    kept = json.loads(cluster.kubectl("get", "-n", namespace, "smmodel", "a", "-o", "json").stdout)

    assert {tag["key"] for tag in kept["spec"]["tags"]} == {"team", "platform"}


def test_kubectl_explains_nested_fields(cluster: Cluster) -> None:
    told = cluster.kubectl("explain", "smtj.spec.resourceConfig").stdout

    assert "The resources, including the ML compute instances" in told
    assert "Immutable." in told
    assert re.search(r"instanceType\t<string>\n\s+The ML compute instance type", told), told
    assert re.search(r"volumeSizeInGB\t<integer>", told)


def test_kubectl_lists_all_kinds_by_their_category(cluster: Cluster, api: Api, namespace: str) -> None:
    keep(api, *(made(name="a") for made in (builders.training_job, builders.model)))

    listed = cluster.kubectl("get", "sagemaker", "-n", namespace).stdout

    assert f"trainingjob.{GROUP}/a" in listed
    assert f"model.{GROUP}/a" in listed


def test_kubectl_shows_phase_start_and_age(cluster: Cluster, api: Api, namespace: str) -> None:
    keep(api, builders.training_job("a"))
    condition = {"type": "Ready", "status": "Unknown", "reason": "Training", "message": "Under way."}
    status = {
        "trainingJobStatus": "InProgress",
        "secondaryStatus": "Training",
        "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/a",
        "conditions": [{**condition, "lastTransitionTime": "2026-11-21T09:00:00Z"}],
        "phase": "Running",
        "run": {"startTime": "2020-11-21T09:00:00Z"},
    }
    patch = json.dumps({"status": status})
    cluster.kubectl("patch", "-n", namespace, "smtj", "a", "--subresource=status", "--type=merge", "-p", patch)

    head, row = cluster.kubectl("get", "-n", namespace, "smtj", "-o", "wide").stdout.splitlines()

    assert re.split(r"\s{2,}", head.strip())[:5] == ["NAME", "PHASE", "SECONDARY", "STARTED", "AGE"]
    assert row.split()[:3] == ["a", "Running", "Training"]
    assert row.split()[3].endswith("d")
    assert "Under way." in row
    assert row.strip().endswith("training-job/a")


def test_a_status_of_a_newer_sagemaker_is_kept(cluster: Cluster, api: Api, namespace: str) -> None:
    keep(api, builders.training_job("a"))
    patch = json.dumps({"status": {"trainingJobStatus": "Teleporting", "billableTimeInSeconds": 0}})

    cluster.kubectl("patch", "-n", namespace, "smtj", "a", "--subresource=status", "--type=merge", "-p", patch)

    selected = cluster.kubectl(
        "get", "-n", namespace, "smtj", "--field-selector=status.trainingJobStatus=Teleporting", "-o", "name"
    )
    assert selected.stdout.split() == [f"trainingjob.{GROUP}/a"]
