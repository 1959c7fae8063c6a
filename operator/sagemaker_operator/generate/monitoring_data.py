"""The schema of what a MonitoringSchedule looks at and compares with: source, baseline, thresholds."""

from sagemaker_operator.model.schema import Schema

from .monitoring_parts import DISTANCE, NAME, dataset_format, reference, strings, struct, text, uri


def source() -> Schema:
    """Where the data comes from."""
    captured = "Where data is captured: the DestinationS3Uri of its data capture."
    said = "Where the data comes from: exactly one of these."
    made = struct(
        said,
        {
            "endpointRef": reference("The Endpoint whose captures are watched."),
            "endpoint": struct(
                "An endpoint that is no object of this namespace.",
                {
                    "endpointName": {
                        "description": "Its name in SageMaker.",
                        "type": "string",
                        "maxLength": 63,
                        "minLength": 1,
                    },
                    "dataCapturedDestinationS3URI": uri(captured),
                    "variantNames": strings("Its variants. Default: AllTraffic.", 63, 6),
                },
                required=("endpointName", "dataCapturedDestinationS3URI"),
            ),
            "batchTransform": struct(
                "What batch transform jobs captured: each run reads what those have read that began in the hours of its window.",
                {"dataCapturedDestinationS3URI": uri(captured), "datasetFormat": dataset_format()},
                required=("dataCapturedDestinationS3URI", "datasetFormat"),
            ),
            "s3": struct(
                "Files in folders yyyy/mm/dd/hh (UTC): each run reads those of the hours that ended in its window.",
                {"s3URI": uri("The prefix below which the folders lie."), "datasetFormat": dataset_format()},
                required=("s3URI",),
            ),
        },
    )
    made["minProperties"] = made["maxProperties"] = 1
    return made


def baseline() -> Schema:
    """What it is compared with."""
    moment = {"type": "string", "format": "date-time"}
    wish = struct(
        "What a job makes a baseline of: exactly one of these.",
        {
            "s3": struct(
                "Files in S3.",
                {"s3URI": uri("A prefix or a file."), "datasetFormat": dataset_format()},
                required=("s3URI",),
            ),
            "trainingJob": struct(
                "What a TrainingJob of this namespace was trained on.",
                {
                    "name": {"description": "The TrainingJob.", **NAME},
                    "channel": text("Its channel. Default: train.", 64),
                },
                required=("name",),
            ),
            "captured": struct(
                "What was captured in a window of time.",
                {
                    "startTime": {"description": "When it begins.", **moment},
                    "endTime": {"description": "When it ends.", **moment},
                },
                required=("startTime", "endTime"),
            ),
        },
    )
    wish["minProperties"] = wish["maxProperties"] = 1
    return struct(
        "What to compare with. Files that are named here count more than what a job suggests.",
        {
            "from": wish,
            "constraintsS3URI": uri("A constraints.json."),
            "statisticsS3URI": uri("A statistics.json."),
        },
    ) | {"minProperties": 1}


def thresholds() -> Schema:
    """What counts as a violation."""
    distances = {
        "drift": {"description": "How far numbers may be from the baseline. Default: 0.1.", **DISTANCE},
        "categoricalDrift": {"description": "How far categories may be from the baseline. Default: 0.1.", **DISTANCE},
    }
    methods: Schema = {
        "driftMethod": {"description": "How that is measured.", "type": "string", "enum": ["Robust", "Simple"]},
        "categoricalDriftMethod": {
            "description": "How that is measured.",
            "type": "string",
            "enum": ["LInfinity", "ChiSquared"],
        },
    }
    feature = struct("One feature.", {"name": {"description": "Its name.", **NAME}, **distances}, required=("name",))
    metric = struct(
        "One metric of model quality.",
        {
            "name": text("As in constraints.json: f2, auc, rmse …", 64),
            "threshold": {"description": "The limit.", "type": "number"},
            "comparisonOperator": {
                "description": "Which side of it is a violation.",
                "type": "string",
                "enum": ["LessThanThreshold", "GreaterThanThreshold"],
            },
        },
        required=("name", "threshold", "comparisonOperator"),
    )
    keyed = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    return struct(
        "What counts as a violation, instead of what the constraints say; with engine Operator only.",
        {
            **distances,
            **methods,
            "dataType": {"description": "The share of values that must have the expected type.", **DISTANCE},
            "domainContent": {"description": "The share of values that must be known categories.", **DISTANCE},
            "features": {
                "description": "For single features.",
                "type": "array",
                "maxItems": 25,
                "items": feature,
                **keyed,
            },
            "metrics": {"description": "For metrics.", "type": "array", "maxItems": 25, "items": metric, **keyed},
        },
    )
