"""Lifecycle configurations of notebook instances: scripts that run when a notebook is created or started."""

from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "Unable to describe Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle Config does not "
    "exist.)",
    evidence="ACK generator.yaml for its beginning, moto",
)
EXISTS: Final = Refusal(
    VALIDATION,
    "Unable to create Notebook Instance Lifecycle Config {arn}. (Details: Notebook Instance Lifecycle Config already exists.)",
    evidence="moto",
)
NOT_DELETED: Final = Refusal(
    VALIDATION,
    "Unable to delete Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle Config does not "
    "exist.)",
    evidence="moto",
)
NOT_UPDATED: Final = Refusal(
    VALIDATION,
    "Unable to update Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle Config does not "
    "exist.)",
    evidence=f"the form of the texts for describe and delete; {UNVERIFIED} for this one",
)
IN_USE: Final = Refusal(
    VALIDATION,
    "Unable to delete Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle Config is used by "
    "Notebook Instance {user}.)",
    evidence=UNVERIFIED,
)


def unused(call: Call, resource: Resource, world: World) -> None:
    """A notebook instance that starts with the scripts keeps them."""
    for notebook in world.store.of_kind(call.place, "NotebookInstance").values():
        if notebook.spec.get("LifecycleConfigName") == resource.name:
            raise IN_USE.error(arn=resource.arn, user=notebook.arn)


NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG: Final = Family(
    kind="NotebookInstanceLifecycleConfig",
    path="notebook-instance-lifecycle-config",
    create=AT_ONCE,
    missing=MISSING,
    exists=EXISTS,
    actions=(
        Action(
            operation="UpdateNotebookInstanceLifecycleConfig",
            missing=NOT_UPDATED,
            apply=merge("OnCreate", "OnStart"),
        ),
        Action(
            operation="DeleteNotebookInstanceLifecycleConfig",
            missing=NOT_DELETED,
            guards=(unused,),
            timeline=REMOVE,
        ),
    ),
)
