"""What the status of an endpoint tells in short: phase, address, traffic, and the roll-out under way, as schemas."""

from copy import deepcopy

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.schema import Schema


def report(kind: Kind) -> Schema:
    """The fields by name; none for what is no endpoint."""
    return deepcopy(_STATUS) if kind.inline is not None else {}


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _count(said: str) -> Schema:
    return {"description": said, "type": "integer", "format": "int32"}


def _list(said: str, fields: Schema) -> Schema:
    items = {"type": "object", "properties": fields}
    return {"description": said, "type": "array", "items": items, "x-kubernetes-list-type": "atomic"}


_SIZES: Schema = {
    "weight": {"description": "Its weight now.", "type": "number"},
    "desiredWeight": {"description": "The weight that it is to have.", "type": "number"},
    "instances": _count("How many instances it has now."),
    "desiredInstances": _count("How many it is to have."),
}

_STATUS: Schema = {
    "phase": _text(
        "Where it stands: Pending, Creating, InService, Updating, RollingBack, SystemUpdating, OutOfService, "
        "UpdateRollbackFailed, Failed, Deleting, Stopped."
    ),
    "url": _text("Where it is invoked, with requests that are signed for the service sagemaker."),
    "traffic": _list(
        "The variants that serve, with their shares of the requests.",
        {
            "variantName": _text("The name of the variant."),
            "modelName": _text("The name of its model in SageMaker, where an object here tells it."),
            "percent": _count("Its share of the requests."),
            "shadow": {"description": "Whether it gets copies of requests, and answers none.", "type": "boolean"},
            "state": _text("What SageMaker does with it, while it does something."),
            **_SIZES,
            "memorySizeInMB": _count("The memory of a serverless variant."),
            "maxConcurrency": _count("How many requests a serverless variant works on at once."),
            "provisionedConcurrency": _count("For how many of them a serverless variant is kept warm."),
        },
    ),
    "trafficSummary": _text("The same in one line: main 90%, canary 10%."),
    "instances": _count("How many instances all variants have now."),
    "deployment": {
        "description": "How far a roll-out is; not there at rest.",
        "type": "object",
        "properties": {
            "stage": _text("What it is at: Creating, Updating, ActivatingTraffic, Baking, Deleting, RollingBack."),
            "startTime": {"description": "When it began.", "type": "string", "format": "date-time"},
            "endpointConfigName": _text("The configuration that is rolled out."),
            "variants": _list(
                "The variants of that configuration.",
                {
                    "variantName": _text("The name of the variant."),
                    "state": _text("What SageMaker does with it."),
                    "message": _text("What it says of that."),
                    **_SIZES,
                },
            ),
        },
    },
}
