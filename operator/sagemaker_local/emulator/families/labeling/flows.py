"""Human review workflows (flow definitions) of Augmented AI."""

from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.labeling.workteams import private_team_exists
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "The flow definition {name} does not exist.",
    evidence=f"the code: terraform-provider-aws; the text: {UNVERIFIED}",
)
EXISTS: Final = Refusal("ResourceInUse", "The flow definition {name} already exists ({arn}).", evidence=UNVERIFIED)
NO_PAGE: Final = Refusal(
    VALIDATION,
    "The specified HumanTaskUi '{arn}' does not exist or you do not have access to it.",
    evidence=f"as for work teams; {UNVERIFIED}",
)
BUSY: Final = Refusal("ResourceInUse", "The flow definition {name} is in status {status}.", evidence=UNVERIFIED)


def people_and_page_exist(call: Call, world: World) -> None:
    """The private team and the account's own template that a workflow names must be there; those of AWS always are."""
    config = call.request.get("HumanLoopConfig")
    if config is None:
        return
    private_team_exists(config["WorkteamArn"], world)
    arn: str = config["HumanTaskUiArn"]
    if f":{call.place.account}:" in arn and world.store.find_arn(arn) is None:
        raise NO_PAGE.error(arn=arn)


FLOW_DEFINITION: Final = Family(
    kind="FlowDefinition",
    path="flow-definition",
    status="FlowDefinitionStatus",
    create=Timeline((at(0, "Initializing"), at(30, "Active")), failed=at(0, "Failed")),
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("RoleArn"), people_and_page_exist),
    actions=(
        Action(
            operation="DeleteFlowDefinition",
            accepts=frozenset({"Active", "Failed"}),
            tolerates=frozenset({"Deleting"}),
            refused=BUSY,
            timeline=Timeline((at(0, "Deleting"), at(30, None, effect=gone))),
        ),
    ),
)
