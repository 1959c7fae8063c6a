"""The environment variables of a model server, beside those that the sandbox sets."""

from typing import Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.serving.blueprint import ContainerPlan
from sagemaker_local.runner.tools import Tools

_SECRET: Final = "sagemaker-local"  # noqa: S105 not a secret: the emulator looks at the access key alone


def surroundings(plan: ContainerPlan, place: Place, tools: Tools, *, isolated: bool) -> dict[str, str]:
    """What a container finds in its environment.

    Args:
        isolated: whether it is to reach no other service; then it gets no credentials.
    """
    own = {
        "AWS_REGION": place.region,
        "AWS_DEFAULT_REGION": place.region,
        "SAGEMAKER_REGION": place.region,
        "SM_MODEL_DIR": "/opt/ml/model",
    }
    if plan.multi_model:
        own["SAGEMAKER_MULTI_MODEL"] = "true"
    if not isolated:
        own |= {
            "AWS_ENDPOINT_URL": tools.url,
            "AWS_ACCESS_KEY_ID": place.account,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",  # nobody is to wait for the credentials of an instance that is none
        }
    return {**own, **plan.environment}
