"""The schema of a MonitoringSchedule beyond SageMaker's own fields: the short form, both engines, what follows from violations.

What is SageMaker's stays as it is (`crds`); a manifest has either that or the short form.
"""

from copy import deepcopy

from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.model.schema import Schema, strict

from . import cron, retraining, rules

TYPES = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
_S3 = "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$"
_ROLE = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@/-]+$"
_OWN = "monitoringScheduleConfig"
_NAME = {"type": "string", "minLength": 1, "maxLength": 253}
_DISTANCE = {"type": "number", "minimum": 0, "maximum": 1}


def add(schema: Schema, kind: Kind) -> None:
    """Add the short form to the spec of the kind that has one."""
    if not kind.told_beside:
        return
    schema["properties"] |= _short_form()
    schema["required"] = [name for name in schema["required"] if name != _OWN]
    for rule in _rules():
        rules.add(schema, rule)


def report(kind: Kind) -> Schema:
    """What the status tells of runs, whoever runs them."""
    if not kind.told_beside:
        return {}
    told = {name: part for name, part in cron.times("ProcessingJob").items() if name != "lastSuccessfulTime"}
    told["lastSuccessfulTime"] = cron.time("When a run succeeded last.")
    return told | _STATUS | {"executions": _executions(), "baseline": _baseline_status()} | retraining.status()


def _short_form() -> Schema:
    job = KINDS["ProcessingJob"]
    network = strict(job.family.spec_members["NetworkConfig"])
    network["description"] = "How the jobs are connected, as in a ProcessingJob."
    made = {
        "engine": {
            "description": (
                "Who runs the schedule: Native is SageMaker Model Monitor, which takes no new customers; Operator is this"
                " operator. Default: Native where monitoringScheduleConfig is set, else Operator. It can become Operator, and not"
                " Native again."
            ),
            "type": "string",
            "enum": ["Native", "Operator"],
        },
        "monitoringType": {"description": "What to look at.", "type": "string", "enum": [*TYPES]},
        **_when(),
        "source": _source(),
        "groundTruth": _struct(
            "What should have been predicted, for ModelQuality and ModelBias.",
            {"s3URI": _uri("Where ground truth lies, in files of JSON lines as SageMaker's merge job reads them.")},
            required=("s3URI",),
        ),
        **_questions(),
        "baseline": _baseline(),
        "baselineRef": _reference("The MonitoringSchedule whose baseline is used."),
        "thresholds": _thresholds(),
        "output": _struct(
            "Where results go.",
            {
                "s3OutputPath": _uri("The prefix below which each run has a folder."),
                "kmsKeyID": {"description": "The key to encrypt results with.", "type": "string", "maxLength": 2048},
            },
            required=("s3OutputPath",),
        ),
        "roleARN": {"description": "The role of the jobs.", "type": "string", "pattern": _ROLE, "maxLength": 2048},
        "resources": _resources(),
        "networkConfig": network,
        "maxRuntimeInSeconds": _integer("How long a run may take. Default: 3600.", 60, 86_400),
        "environment": {
            "description": "Further environment variables of the jobs.",
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {"type": "string", "maxLength": 256},
        },
        "image": {
            "description": (
                "The analyzer's image. Default: that of the operator's --analyzer-image, or SageMaker's own with engine Native."
            ),
            "type": "string",
            "maxLength": 255,
            "pattern": r"^\S+$",
        },
        "publishMetrics": {"description": "Whether runs write CloudWatch metrics.", "type": "boolean"},
        "notify": retraining.notify(),
        "onViolation": retraining.on_violation(),
    }
    return deepcopy(made)


def _when() -> Schema:
    schedule: Schema = {
        "description": (
            "When, as a cron expression: minute, hour, day of month, month, day of week; or @hourly, @daily …; or in SageMaker's"
            " form, cron(0 * ? * * *). With engine Native every hour, or once or several times a day at full hours."
        ),
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        "x-kubernetes-validations": [
            {"rule": "!self.contains('TZ')", "message": "a schedule has no time zone in it: set timeZone"},
        ],
    }
    most = 2**31 - 1
    return {
        "schedule": schedule,
        "timeZone": {
            "description": "The time zone of the schedule, as in Europe/Berlin. Default: UTC.",
            "type": "string",
            "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$",
            "maxLength": 64,
        },
        "concurrencyPolicy": {
            "description": (
                "What to do when it is time and the run before is not over: Allow both, Forbid the new one (what it would have"
                " read is for the next one then), or Replace the earlier one. Default: Forbid."
            ),
            "type": "string",
            "enum": ["Allow", "Forbid", "Replace"],
        },
        "startingDeadlineSeconds": _integer("How late a run may be started. Default: without limit.", 0, most),
        "successfulJobsHistoryLimit": _integer("How many jobs that succeeded are kept. Default: 3.", 0, 1000),
        "failedJobsHistoryLimit": _integer("How many jobs that failed are kept. Default: 1.", 0, 1000),
        "delaySeconds": _integer(
            "How long before the scheduled time a window ends, as captures need a while to arrive in S3, and ground truth longer."
            " Default: 300.",
            0,
            30 * 86_400,
        ),
    }


def _source() -> Schema:
    captured = "Where data is captured: the DestinationS3Uri of its data capture."
    said = "Where the data comes from: exactly one of these."
    made = _struct(
        said,
        {
            "endpointRef": _reference("The Endpoint whose captures are watched."),
            "endpoint": _struct(
                "An endpoint that is no object of this namespace.",
                {
                    "endpointName": {
                        "description": "Its name in SageMaker.",
                        "type": "string",
                        "maxLength": 63,
                        "minLength": 1,
                    },
                    "dataCapturedDestinationS3URI": _uri(captured),
                    "variantNames": _strings("Its variants. Default: AllTraffic.", 63, 6),
                },
                required=("endpointName", "dataCapturedDestinationS3URI"),
            ),
            "batchTransform": _struct(
                "What batch transform jobs captured: each run reads what those have read that began in the hours of its window.",
                {"dataCapturedDestinationS3URI": _uri(captured), "datasetFormat": _format()},
                required=("dataCapturedDestinationS3URI", "datasetFormat"),
            ),
            "s3": _struct(
                "Files in folders yyyy/mm/dd/hh (UTC): each run reads those of the hours that ended in its window.",
                {"s3URI": _uri("The prefix below which the folders lie."), "datasetFormat": _format()},
                required=("s3URI",),
            ),
        },
    )
    made["minProperties"] = made["maxProperties"] = 1
    return made


def _questions() -> Schema:
    """What of the data is what, for monitoring types beyond data quality."""
    return {
        "problemType": {
            "description": "What the model predicts, for ModelQuality.",
            "type": "string",
            "enum": ["Regression", "BinaryClassification", "MulticlassClassification"],
        },
        "inferenceAttribute": _text("What of a response is the prediction: a name, an index or a JSON path.", 256),
        "probabilityAttribute": _text("What of a response is the probability.", 256),
        "probabilityThresholdAttribute": {
            "description": "From which probability on a prediction is positive.",
            **_DISTANCE,
        },
        "groundTruthAttribute": _text("What of ground truth is the label.", 256),
        "featuresAttribute": _text("What of a request are the features: a JSON path.", 256),
        "analysisConfigS3URI": _uri("SageMaker Clarify's analysis_config.json, for ModelBias and ModelExplainability."),
        "recordPreprocessorSourceURI": _uri("A Python script that prepares each record."),
        "postAnalyticsProcessorSourceURI": _uri("A Python script that is called after the analysis."),
    }


def _baseline() -> Schema:
    moment = {"type": "string", "format": "date-time"}
    source = _struct(
        "What a job makes a baseline of: exactly one of these.",
        {
            "s3": _struct(
                "Files in S3.",
                {"s3URI": _uri("A prefix or a file."), "datasetFormat": _format()},
                required=("s3URI",),
            ),
            "trainingJob": _struct(
                "What a TrainingJob of this namespace was trained on.",
                {
                    "name": {"description": "The TrainingJob.", **_NAME},
                    "channel": _text("Its channel. Default: train.", 64),
                },
                required=("name",),
            ),
            "captured": _struct(
                "What was captured in a window of time.",
                {
                    "startTime": {"description": "When it begins.", **moment},
                    "endTime": {"description": "When it ends.", **moment},
                },
                required=("startTime", "endTime"),
            ),
        },
    )
    source["minProperties"] = source["maxProperties"] = 1
    return _struct(
        "What to compare with. Files that are named here count more than what a job suggests.",
        {
            "from": source,
            "constraintsS3URI": _uri("A constraints.json."),
            "statisticsS3URI": _uri("A statistics.json."),
        },
    ) | {"minProperties": 1}


def _thresholds() -> Schema:
    distances = {
        "drift": {"description": "How far numbers may be from the baseline. Default: 0.1.", **_DISTANCE},
        "categoricalDrift": {"description": "How far categories may be from the baseline. Default: 0.1.", **_DISTANCE},
    }
    methods: Schema = {
        "driftMethod": {"description": "How that is measured.", "type": "string", "enum": ["Robust", "Simple"]},
        "categoricalDriftMethod": {
            "description": "How that is measured.",
            "type": "string",
            "enum": ["LInfinity", "ChiSquared"],
        },
    }
    feature = _struct("One feature.", {"name": {"description": "Its name.", **_NAME}, **distances}, required=("name",))
    metric = _struct(
        "One metric of model quality.",
        {
            "name": _text("As in constraints.json: f2, auc, rmse …", 64),
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
    return _struct(
        "What counts as a violation, instead of what the constraints say; with engine Operator only.",
        {
            **distances,
            **methods,
            "dataType": {"description": "The share of values that must have the expected type.", **_DISTANCE},
            "domainContent": {"description": "The share of values that must be known categories.", **_DISTANCE},
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


def _resources() -> Schema:
    cluster = strict(KINDS["ProcessingJob"].family.spec_members["ProcessingResources"])
    made: Schema = deepcopy(cluster["properties"]["clusterConfig"])
    made.pop("required", None)
    made["description"] = "What the jobs run on. Default: one ml.m5.xlarge with 30 GB."
    return made


def _rules() -> list[Schema]:
    native = f"(has(self.engine) ? self.engine == 'Native' : has(self.{_OWN}))"
    was_native = native.replace("self.", "oldSelf.")
    short = "has(self.monitoringType)"
    return [
        rules.one_of(((_OWN,), ("monitoringType",)), required=True),
        {
            "rule": f"!{short} || (has(self.schedule) && has(self.source) && has(self.output) && has(self.roleARN))",
            "message": "with monitoringType also schedule, source, output and roleARN must be set",
        },
        {
            "rule": f"!{short} || self.monitoringType != 'DataQuality' || has(self.baseline) || has(self.baselineRef)",
            "message": "DataQuality compares with something: set baseline or baselineRef",
        },
        {
            "rule": "!(has(self.baseline) && has(self.baselineRef))",
            "message": "at most one of baseline and baselineRef can be set",
            "fieldPath": ".baselineRef",
        },
        {
            "rule": f"!{short} || self.monitoringType != 'ModelQuality' || (has(self.groundTruth) && has(self.problemType))",
            "message": "ModelQuality needs groundTruth and problemType",
        },
        {
            "rule": (
                f"!{short} || !(self.monitoringType in ['ModelBias', 'ModelExplainability']) || has(self.analysisConfigS3URI)"
            ),
            "message": "ModelBias and ModelExplainability need analysisConfigS3URI",
        },
        {
            "rule": f"has(self.engine) && self.engine == 'Operator' ? !has(self.{_OWN}) : true",
            "message": (
                f"engine Operator has no {_OWN}: say the same with monitoringType, schedule, source, baseline, output and roleARN"
            ),
            "fieldPath": ".engine",
        },
        {
            "rule": f"!{native} || !({' || '.join(f'has(self.{name})' for name in _ONLY_OURS)})",
            "message": f"{', '.join(_ONLY_OURS)} are for engine Operator",
        },
        {
            "rule": f"{was_native} || !{native}",
            "message": "engine cannot go back to Native: apply another object",
            "fieldPath": ".engine",
            "reason": "FieldValueForbidden",
        },
    ]


_ONLY_OURS = (
    "timeZone",
    "concurrencyPolicy",
    "startingDeadlineSeconds",
    "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit",
    "delaySeconds",
    "thresholds",
)


def _executions() -> Schema:
    finding = _struct(
        "A violation.",
        {
            "feature": _plain("The feature, or the metric."),
            "check": _plain("The check."),
            "value": {"description": "What was found.", "type": "number"},
            "threshold": {"description": "What is allowed.", "type": "number"},
        },
    )
    count = {"type": "integer", "format": "int64"}
    item = {
        "name": _plain("Its name: that of its ProcessingJob, where the operator runs it."),
        "scheduledTime": cron.time("When it was due."),
        "windowStart": cron.time("When its window begins."),
        "windowEnd": cron.time("When its window ends."),
        "result": _plain("InProgress, Completed, CompletedWithViolations, NoData, Failed or Stopped."),
        "explained": {"description": "Whether its files have been read.", "type": "boolean"},
        "violations": {"description": "How many there are.", **count},
        "byCheck": {
            "description": "How many there are of each check.",
            "type": "object",
            "additionalProperties": {**count},
        },
        "worst": {
            "description": "The worst of them.",
            "type": "array",
            "items": finding,
            "x-kubernetes-list-type": "atomic",
        },
        "records": {"description": "How many records were analysed.", **count},
        "rejected": {"description": "How many records could not be read.", **count},
        "summary": _plain("All that in a sentence."),
        "message": _plain("What went wrong."),
        "outputS3URI": _plain("Where its files are."),
        "reportS3URI": _plain("Its page for people."),
        "completionTime": cron.time("When it was over."),
    }
    return {
        "description": "The last runs, the newest first.",
        "type": "array",
        "items": {"type": "object", "properties": item},
        "x-kubernetes-list-type": "atomic",
    }


def _baseline_status() -> Schema:
    return _struct(
        "What is compared with.",
        {
            "state": _plain("Pending, Running, Ready, Failed, Given or Shared."),
            "constraintsS3URI": _plain("The constraints in use."),
            "statisticsS3URI": _plain("The statistics in use."),
            "processingJob": _plain("The ProcessingJob that suggests or suggested them."),
            "schedule": _plain("The MonitoringSchedule that shares them."),
            "since": cron.time("Since when they are there."),
            "message": _plain("What is wrong."),
        },
    )


def _struct(said: str, properties: Schema, *, required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {"description": said, "type": "object", "properties": properties}
    return made | ({"required": [*required]} if required else {})


def _uri(said: str) -> Schema:
    return {"description": said, "type": "string", "pattern": _S3, "maxLength": 1024}


def _text(said: str, longest: int) -> Schema:
    return {"description": said, "type": "string", "minLength": 1, "maxLength": longest}


def _plain(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _integer(said: str, low: int, high: int) -> Schema:
    return {"description": said, "type": "integer", "format": "int64", "minimum": low, "maximum": high}


def _strings(said: str, longest: int, most: int) -> Schema:
    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"description": said, "type": "array", "items": items, "maxItems": most, "x-kubernetes-list-type": "atomic"}


def _reference(said: str) -> Schema:
    return _struct(said, {"name": {"description": "Its name.", **_NAME}}, required=("name",)) | {
        "x-kubernetes-map-type": "atomic"
    }


def _format() -> Schema:
    csv = _struct(
        "Comma-separated values.", {"header": {"description": "Whether the first line has names.", "type": "boolean"}}
    )
    json = _struct("JSON.", {"line": {"description": "Whether each line is a record.", "type": "boolean"}})
    made = _struct(
        "What the files hold: exactly one of these. Default: CSV with a header.",
        {"csv": csv, "json": json, "parquet": {"description": "Parquet.", "type": "object", "maxProperties": 0}},
    )
    return made | {"minProperties": 1, "maxProperties": 1}


_STATUS: Schema = {
    "state": _plain(
        "Waiting, Baselining, Scheduled, Running, Violations, NoData, Failed, Stopped, Suspended or Stalled: what is most"
        " worth knowing."
    ),
    "lastResult": _plain("What came of the latest run."),
    "violations": {
        "description": "How many violations the latest run found that analysed anything.",
        "type": "integer",
        "format": "int64",
    },
    "analysedUntil": cron.time("The end of the latest window: the next one begins there."),
    "skipping": {
        "description": "Whether the schedule was suspended since, so that the next window begins later.",
        "type": "boolean",
    },
}
