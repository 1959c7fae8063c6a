"""The schema of a MonitoringSchedule beyond SageMaker's own fields: the short form, both engines, what follows from violations.

What is SageMaker's stays as it is (`crds`); a manifest has either that or the short form.
"""

from copy import deepcopy

from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.model.schema import Schema, strict

from . import monitoring_data, monitoring_status, retraining, rules
from .monitoring_parts import DISTANCE, integer, reference, struct, text, uri

TYPES = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
_ROLE = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@/-]+$"
_OWN = "monitoringScheduleConfig"


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
    return monitoring_status.status() | retraining.status() if kind.told_beside else {}


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
        "source": monitoring_data.source(),
        "groundTruth": struct(
            "What should have been predicted, for ModelQuality and ModelBias.",
            {"s3URI": uri("Where ground truth lies, in files of JSON lines as SageMaker's merge job reads them.")},
            required=("s3URI",),
        ),
        **_questions(),
        "baseline": monitoring_data.baseline(),
        "baselineRef": reference("The MonitoringSchedule whose baseline is used."),
        "thresholds": monitoring_data.thresholds(),
        "output": struct(
            "Where results go.",
            {
                "s3OutputPath": uri("The prefix below which each run has a folder."),
                "kmsKeyID": {"description": "The key to encrypt results with.", "type": "string", "maxLength": 2048},
            },
            required=("s3OutputPath",),
        ),
        "roleARN": {"description": "The role of the jobs.", "type": "string", "pattern": _ROLE, "maxLength": 2048},
        "resources": _resources(),
        "networkConfig": network,
        "maxRuntimeInSeconds": integer("How long a run may take. Default: 3600.", 60, 86_400),
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
        "startingDeadlineSeconds": integer("How late a run may be started. Default: without limit.", 0, most),
        "successfulJobsHistoryLimit": integer("How many jobs that succeeded are kept. Default: 3.", 0, 1000),
        "failedJobsHistoryLimit": integer("How many jobs that failed are kept. Default: 1.", 0, 1000),
        "delaySeconds": integer(
            "How long before the scheduled time a window ends, as captures need a while to arrive in S3, and ground truth longer."
            " Default: 300.",
            0,
            30 * 86_400,
        ),
    }


def _questions() -> Schema:
    """What of the data is what, for monitoring types beyond data quality."""
    return {
        "problemType": {
            "description": "What the model predicts, for ModelQuality.",
            "type": "string",
            "enum": ["Regression", "BinaryClassification", "MulticlassClassification"],
        },
        "inferenceAttribute": text("What of a response is the prediction: a name, an index or a JSON path.", 256),
        "probabilityAttribute": text("What of a response is the probability.", 256),
        "probabilityThresholdAttribute": {
            "description": "From which probability on a prediction is positive.",
            **DISTANCE,
        },
        "groundTruthAttribute": text("What of ground truth is the label.", 256),
        "featuresAttribute": text("What of a request are the features: a JSON path.", 256),
        "analysisConfigS3URI": uri("SageMaker Clarify's analysis_config.json, for ModelBias and ModelExplainability."),
        "recordPreprocessorSourceURI": uri("A Python script that prepares each record."),
        "postAnalyticsProcessorSourceURI": uri("A Python script that is called after the analysis."),
    }


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
