"""The processing jobs of the operator's own engine, under the contract that SageMaker's monitoring jobs have.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html, and `sagemaker_analyzer` for what the
container makes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds.monitoring_definition import RESOURCES

from .captures import form
from .windows import Window

_ROOT = "/opt/ml/processing"
_DATA = f"{_ROOT}/input/dataset"
_BASELINE = f"{_ROOT}/input/baseline"
_TRUTH = f"{_ROOT}/input/ground_truth"
_CONFIG = f"{_ROOT}/input/config"
_SCRIPTS = f"{_ROOT}/input/scripts"
_HISTORY = f"{_ROOT}/input/history"
_OUTPUT = f"{_ROOT}/output"
_KEPT = f"{_ROOT}/history"
_TYPES = {
    "DataQuality": "DATA_QUALITY",
    "ModelQuality": "MODEL_QUALITY",
    "ModelBias": "MODEL_BIAS",
    "ModelExplainability": "MODEL_EXPLAINABILITY",
}
_ATTRIBUTES = {
    "problemType": "problem_type",
    "inferenceAttribute": "inference_attribute",
    "probabilityAttribute": "probability_attribute",
    "probabilityThresholdAttribute": "probability_threshold_attribute",
    "groundTruthAttribute": "ground_truth_attribute",
}
_LIMIT = 3600


@dataclass(frozen=True, slots=True)
class Work:
    """What a job is to analyse.

    Attributes:
        data: the S3 URIs of the data.
        data_form: what its files hold.
        output: the S3 URI that results go to.
        span: the window; None for all of the data.
        constraints, statistics: S3 URIs of what to compare with; empty to suggest them.
        truth: S3 URIs of ground truth.
        endpoint: the SageMaker name of the endpoint.
        listed: whether the data are manifests, which list the files with the records.
        history: the S3 URI of a folder for short accounts of all runs; empty to keep none.
        remembered: whether there is anything in it yet.
    """

    data: Sequence[str]
    data_form: Mapping[str, Any]
    output: str
    span: Window | None = None
    constraints: str = ""
    statistics: str = ""
    truth: Sequence[str] = field(default=())
    endpoint: str = ""
    listed: bool = False
    history: str = ""
    remembered: bool = False


def image(situation: Situation) -> str:
    """The analyzer's image; empty if nobody has named one."""
    return str(situation.parent.spec.get("image") or situation.image)


def job(situation: Situation, work: Work) -> dict[str, Any]:
    """The spec of the ProcessingJob that does some work."""
    spec = situation.parent.spec
    output = spec.get("output") or {}
    kept = {"monitoring_output": (work.output, _OUTPUT)}
    if work.history:
        kept["history"] = (work.history, _KEPT)
    outputs: dict[str, Any] = {
        "outputs": [
            {"outputName": name, "s3Output": {"s3URI": uri, "localPath": path, "s3UploadMode": "EndOfJob"}}
            for name, (uri, path) in kept.items()
        ]
    }
    if "kmsKeyID" in output:
        outputs["kmsKeyID"] = output["kmsKeyID"]
    same = {name: spec[name] for name in ("networkConfig", "tags", "region") if name in spec}
    return {
        "appSpecification": {
            **_program(situation),
            **({"containerArguments": arguments} if (arguments := _thresholds(spec)) and work.constraints else {}),
        },
        "environment": environment(situation, work),
        "processingInputs": inputs(spec, work),
        "processingOutputConfig": outputs,
        "processingResources": {"clusterConfig": {**RESOURCES, **(spec.get("resources") or {})}},
        "roleARN": spec["roleARN"],
        "stoppingCondition": {"maxRuntimeInSeconds": int(spec.get("maxRuntimeInSeconds", _LIMIT))},
        **same,
    }


def _program(situation: Situation) -> dict[str, Any]:
    """The analyzer; SageMaker's own where nobody has named one, which only its own engine lets come so far."""
    named = image(situation)
    return {"imageURI": named} if named else {"builtIn": {"name": "model-monitor"}}


def inputs(spec: Mapping[str, Any], work: Work) -> list[dict[str, Any]]:
    """What a job downloads."""
    several = int((spec.get("resources") or {}).get("instanceCount", 1)) > 1
    found = [
        _input(f"dataset-{n}", uri, f"{_DATA}/{n}", sharded=several, listed=work.listed)
        for n, uri in enumerate(work.data)
    ]
    found += [_input(f"ground-truth-{n}", uri, f"{_TRUTH}/{n}") for n, uri in enumerate(work.truth)]
    for name, uri in (("constraints", work.constraints), ("statistics", work.statistics)):
        if uri:
            found.append(_input(name, uri, f"{_BASELINE}/{name}"))
    if work.remembered:
        found.append(_input("history", work.history, _HISTORY))
    if "analysisConfigS3URI" in spec:
        found.append(_input("analysis-config", spec["analysisConfigS3URI"], _CONFIG))
    for name, own in (
        ("preprocessor", "recordPreprocessorSourceURI"),
        ("postprocessor", "postAnalyticsProcessorSourceURI"),
    ):
        if own in spec:
            found.append(_input(name, spec[own], f"{_SCRIPTS}/{name}"))
    return found


def environment(situation: Situation, work: Work) -> dict[str, str]:
    """What a job is told."""
    spec = situation.parent.spec
    told = dict(spec.get("environment") or {})
    told |= {
        "dataset_source": _DATA,
        "dataset_format": form(work.data_form),
        "output_path": _OUTPUT,
        "analysis_type": _TYPES[spec["monitoringType"]],
        "publish_cloudwatch_metrics": "Enabled" if spec.get("publishMetrics") and work.constraints else "Disabled",
        "sagemaker_monitoring_schedule_name": situation.parent.name,
    }
    told |= {name: str(spec[own]) for own, name in _ATTRIBUTES.items() if own in spec}
    if work.endpoint:
        told["sagemaker_endpoint_name"] = work.endpoint
    if work.span is not None:
        told |= {"start_time": written(work.span.start), "end_time": written(work.span.end)}
    return told | _paths(spec, work)


def _paths(spec: Mapping[str, Any], work: Work) -> dict[str, str]:
    """Where in the container things are."""
    config, before, after = (
        _last(str(spec.get(name, "")))
        for name in ("analysisConfigS3URI", "recordPreprocessorSourceURI", "postAnalyticsProcessorSourceURI")
    )
    found = (
        ("baseline_constraints", work.constraints, f"{_BASELINE}/constraints/{_last(work.constraints)}"),
        ("baseline_statistics", work.statistics, f"{_BASELINE}/statistics/{_last(work.statistics)}"),
        ("history_destination", work.history, _KEPT),
        ("history_source", work.remembered, _HISTORY),
        ("ground_truth_source", work.truth, _TRUTH),
        ("analysis_config", config, f"{_CONFIG}/{config}"),
        ("record_preprocessor_script", before, f"{_SCRIPTS}/preprocessor/{before}"),
        ("post_analytics_processor_script", after, f"{_SCRIPTS}/postprocessor/{after}"),
    )
    return {name: path for name, there, path in found if there}


def _thresholds(spec: Mapping[str, Any]) -> list[str]:
    """What of the thresholds a manifest changes, as arguments of the analyzer."""
    told: Mapping[str, Any] = spec.get("thresholds") or {}
    names = {
        "drift": "comparison_threshold",
        "driftMethod": "comparison_method",
        "categoricalDrift": "categorical_comparison_threshold",
        "categoricalDriftMethod": "categorical_drift_method",
        "dataType": "datatype_check_threshold",
        "domainContent": "domain_content_threshold",
    }
    found = [f"--threshold={names[own]}={told[own]}" for own in names if own in told]
    for one in told.get("features") or ():
        found += [f"--feature-threshold={one['name']}={names[own]}={one[own]}" for own in names if own in one]
    for one in told.get("metrics") or ():
        found.append(f"--metric-threshold={one['name']}={one['comparisonOperator']}={one['threshold']}")
    return found


def _input(name: str, uri: str, path: str, *, sharded: bool = False, listed: bool = False) -> dict[str, Any]:
    distribution = "ShardedByS3Key" if sharded else "FullyReplicated"
    return {
        "inputName": name,
        "s3Input": {
            "s3URI": uri,
            "localPath": path,
            "s3DataType": "ManifestFile" if listed else "S3Prefix",
            "s3InputMode": "File",
            "s3DataDistributionType": distribution,
        },
    }


def _last(uri: str) -> str:
    return uri.rstrip("/").rpartition("/")[2]
