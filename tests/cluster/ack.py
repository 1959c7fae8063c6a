"""AWS Controllers for Kubernetes (ACK), from which somebody moves away: its manifests, and what it has made at SageMaker."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.builders import Manifest
from tests.cluster.eventually import eventually

from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.convert import to_request
from sagemaker_operator.model.service import input_shape

MANIFESTS = Path(__file__).parents[1] / "contract" / "ack" / "manifests"
# What the others name comes first.
ORDER = (
    *("NotebookInstanceLifecycleConfig", "NotebookInstance", "Domain", "UserProfile", "Space", "App", "Model"),
    *("EndpointConfig", "Endpoint", "InferenceComponent", "ModelPackageGroup", "ModelPackage", "Pipeline"),
    *("PipelineExecution", "DataQualityJobDefinition", "MonitoringSchedule"),
)
USERS = {"UserPool": "us-east-1_EXAMPLE", "ClientId": "client"}


def manifests() -> list[Manifest]:
    """The manifests as ACK has them, in an order in which they can be created."""
    found = [one for path in sorted(MANIFESTS.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text())]
    return sorted(found, key=lambda one: ORDER.index(one["kind"]) if one["kind"] in ORDER else len(ORDER))


def called(manifest: Manifest) -> str:
    """What kubectl calls an object."""
    return f"{manifest['kind'].lower()}/{manifest['metadata']['name']}"


@dataclass(frozen=True)
class Made:
    """A resource that ACK has made.

    Attributes:
        manifest: with the ids that SageMaker chose.
        address: the members of Describe that name it.
    """

    manifest: Manifest
    arn: str
    address: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        return KINDS[self.manifest["kind"]]


@dataclass
class Ack:
    """The controller, as SageMaker knows it."""

    sagemaker: Emulator
    namespace: str

    def __post_init__(self) -> None:
        self.client: Any = self.sagemaker.client()

    @property
    def tags(self) -> dict[str, str]:
        """What it marks resources with, unless it is told otherwise."""
        version = {"services.k8s.aws/controller-version": "sagemaker-v1.9.1"}
        return {**version, "services.k8s.aws/namespace": self.namespace}

    def make_all(self) -> dict[str, Made]:
        """Creates what the manifests ask for, by name of object; and who labels, which ACK has no kind for."""
        self.client.create_workforce(WorkforceName="default", CognitoConfig=USERS)
        members = [{"CognitoMemberDefinition": {**USERS, "UserGroup": "analysts"}}]
        self.client.create_workteam(WorkteamName="analysts", Description="They label", MemberDefinitions=members)
        made: dict[str, Made] = {}
        for manifest in manifests():
            if "domainID" in manifest["spec"]:
                manifest["spec"]["domainID"] = made["domain/research"].address["DomainId"]
            made[called(manifest)] = self.make(manifest)
        return made

    def make(self, manifest: Manifest) -> Made:
        """Creates the resource of a manifest, and waits until it changes no more by itself."""
        kind = KINDS[manifest["kind"]]
        family = kind.family
        request: dict[str, Any] = dict(to_request(family.spec_members, manifest["spec"]))
        if family.taggable and not (kind.untagged_with and kind.untagged_with in request):
            own = [{"Key": key, "Value": tag} for key, tag in self.tags.items()]
            request["Tags"] = [*own, *request.get("Tags", ())]
        reply = self.client._make_api_call(family.create, request)
        arn = str(next(value for name, value in reply.items() if name.endswith("Arn")))
        made = Made(manifest, arn, _address(kind, request, arn))
        eventually(f"{called(manifest)} settles", lambda: self.stage(made) is not Stage.CHANGING)
        return made

    def stage(self, made: Made) -> Stage:
        """What SageMaker's word for the state of a resource means."""
        return made.kind.stage(self.describe(made).get(made.kind.family.status or ""))

    def describe(self, made: Made) -> dict[str, Any]:
        """The Describe reply about a resource."""
        reply = self.client._make_api_call(made.kind.family.describe, made.address)
        reply.pop("ResponseMetadata")
        return dict(made.kind.family.unwrap(reply))

    def tags_of(self, made: Made) -> dict[str, str]:
        """The tags of a resource."""
        return {tag["Key"]: tag["Value"] for tag in self.client.list_tags(ResourceArn=made.arn)["Tags"]}


def _address(kind: Kind, request: Mapping[str, Any], arn: str) -> dict[str, Any]:
    family = kind.family
    ids = dict.fromkeys(family.assigned, arn.rpartition("/")[2])
    known = {**ids, **request, family.arn: arn}
    members = input_shape(family.describe).members
    asked = {
        name: known.get(family.addresses.get(name, name))
        for name in members
        if name in family.addressed(family.describe)
    }
    return {name: value for name, value in asked.items() if value is not None}
