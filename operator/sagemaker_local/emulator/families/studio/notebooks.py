"""Notebook instances: started, stopped, changed while stopped, and deleted only then.

Describe spells two members otherwise than Create: NotebookInstanceLifecycleConfigName and SecurityGroups. Their scripts are in
`notebook_scripts`.
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.studio.changes import make, note
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "RecordNotFound",
    evidence="ACK generator.yaml, terraform-provider-aws find.go, moto",
)
EXISTS: Final = Refusal(
    VALIDATION,
    "Cannot create a duplicate Notebook Instance ({arn})",
    evidence="moto's tests of sagemaker notebooks",
)
NOT_STARTABLE: Final = Refusal(
    VALIDATION,
    "Status ({status}) not in ([Stopped, Failed]). Unable to transition to (Pending) for Notebook Instance ({arn}).",
    evidence="amazon-sagemaker-examples#1094",
)
NOT_STOPPABLE: Final = Refusal(
    VALIDATION,
    "Status ({status}) not in ([InService]). Unable to transition to (Stopping) for Notebook Instance ({arn}).",
    evidence="amazon-sagemaker-examples#1798, terraform-provider-aws#16767",
)
NOT_CHANGEABLE: Final = Refusal(
    VALIDATION,
    "Status ({status}) not in ([Stopped]). Unable to transition to (Updating) for Notebook Instance ({arn}).",
    evidence=f"the form of the texts for start and stop; {UNVERIFIED} for this one",
)
NOT_DELETABLE: Final = Refusal(
    VALIDATION,
    "Status ({status}) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance ({arn}).",
    evidence="moto's tests of sagemaker notebooks, in the form of amazon-sagemaker-examples#1798",
)
NO_JUPYTER: Final = Refusal(
    VALIDATION,
    "Status ({status}) not in ([InService]). Unable to create a presigned URL for Notebook Instance ({arn}).",
    evidence=UNVERIFIED,
)
NO_WAY_OUT: Final = Refusal(
    VALIDATION,
    "DirectInternetAccess can be Disabled only if SubnetId is given.",
    evidence=f"the rule: CreateNotebookInstance's documentation; the text: {UNVERIFIED}",
)
SMALLER_VOLUME: Final = Refusal(
    VALIDATION,
    "The volume of Notebook Instance ({arn}) has {size} GB and cannot be made smaller.",
    evidence=f"the rule: UpdateNotebookInstance's documentation; the text: {UNVERIFIED}",
)

# A flag of UpdateNotebookInstance, and the member that it takes away.
DISASSOCIATES: Final = {
    "DisassociateLifecycleConfig": "LifecycleConfigName",
    "DisassociateAcceleratorTypes": "AcceleratorTypes",
    "DisassociateDefaultCodeRepository": "DefaultCodeRepository",
    "DisassociateAdditionalCodeRepositories": "AdditionalCodeRepositories",
}


def connect(resource: Resource, world: World, _: float) -> None:
    """A notebook in the customer's subnet gets a network interface with its first start."""
    if "SubnetId" in resource.spec and "NetworkInterfaceId" not in resource.facts:
        resource.facts["NetworkInterfaceId"] = f"eni-{world.new_id(17)}"


FAILED: Final = at(0, "Failed")
START: Final = Timeline((at(0, "Pending"), at(180, "InService", effect=connect)), failed=FAILED)
STOP: Final = Timeline((at(0, "Stopping"), at(60, "Stopped")), failed=FAILED)
UPDATE: Final = Timeline((at(0, "Updating"), at(20, "Stopped", effect=make)), failed=FAILED)
MAINTAIN: Final = Timeline((at(0, "PendingMaintenance"), at(60, "InMaintenance"), at(600, "InService")))
DELETE: Final = Timeline((at(0, "Deleting"), at(30, None, effect=gone)), failed=FAILED)


def reachable(call: Call, _: World) -> None:
    """Without internet access a notebook needs a subnet."""
    if call.request.get("DirectInternetAccess") == "Disabled" and "SubnetId" not in call.request:
        raise NO_WAY_OUT.error()


def volume_grows(call: Call, resource: Resource, _: World) -> None:
    """UpdateNotebookInstance's documentation: a volume cannot become smaller."""
    size = resource.spec["VolumeSizeInGB"]
    if call.request.get("VolumeSizeInGB", size) < size:
        raise SMALLER_VOLUME.error(arn=resource.arn, size=size)


def note_change(call: Call, resource: Resource, _: World) -> None:
    """Keep what an update asks for until it is through."""
    aside = {"NotebookInstanceName", *DISASSOCIATES}
    note(
        resource,
        drop=[member for flag, member in DISASSOCIATES.items() if call.request.get(flag)],
        take={name: value for name, value in call.request.items() if name not in aside},
    )


def forget_failure(_: Call, resource: Resource, __: World) -> None:
    """A new attempt has no FailureReason yet."""
    resource.reason = None


def shown(resource: Resource) -> Json:
    """The members that Describe spells in its own way, and the address."""
    spec = resource.spec
    return {
        "NotebookInstanceLifecycleConfigName": spec.get("LifecycleConfigName"),
        "SecurityGroups": spec.get("SecurityGroupIds"),
        "Url": f"{resource.name}.notebook.{resource.place.region}.sagemaker.aws",
    }


def jupyter(_: Call, resource: Resource, world: World) -> Json:
    """A URL that signs somebody in."""
    return {"AuthorizedUrl": f"https://{shown(resource)['Url']}?authToken={world.new_id(64)}"}


def has_repository(wanted: Any, known: Mapping[str, Any], _: Resource) -> bool:
    """Whether a notebook has an additional repository."""
    return wanted in known.get("AdditionalCodeRepositories", ())


NOTEBOOK_INSTANCE: Final = Family(
    kind="NotebookInstance",
    path="notebook-instance",
    status="NotebookInstanceStatus",
    create=START,
    missing=MISSING,
    exists=EXISTS,
    sorted_by="Name",
    defaults=(
        ("DirectInternetAccess", "Enabled"),
        ("RootAccess", "Enabled"),
        ("VolumeSizeInGB", 5),
        ("PlatformIdentifier", "notebook-al2023-v1"),
        ("IpAddressType", "ipv4"),
        ("InstanceMetadataServiceConfiguration", {"MinimumInstanceMetadataServiceVersion": "1"}),
    ),
    checks=(reachable, role_can_be_assumed("RoleArn")),
    view=shown,
    maintenance=MAINTAIN,
    filters={"AdditionalCodeRepositoryEquals": has_repository},
    actions=(
        Action(
            operation="CreatePresignedNotebookInstanceUrl",
            accepts=frozenset({"InService"}),
            refused=NO_JUPYTER,
            answer=jupyter,
        ),
        Action(
            operation="StartNotebookInstance",
            accepts=frozenset({"Stopped", "Failed"}),
            refused=NOT_STARTABLE,
            apply=forget_failure,
            timeline=START,
        ),
        Action(
            operation="StopNotebookInstance",
            accepts=frozenset({"InService"}),
            refused=NOT_STOPPABLE,
            timeline=STOP,
        ),
        Action(
            operation="UpdateNotebookInstance",
            accepts=frozenset({"Stopped"}),
            refused=NOT_CHANGEABLE,
            guards=(volume_grows,),
            apply=note_change,
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteNotebookInstance",
            accepts=frozenset({"Stopped", "Failed"}),
            refused=NOT_DELETABLE,
            timeline=DELETE,
        ),
    ),
)
