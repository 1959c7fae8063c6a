"""The job definition that the short form of a monitoring schedule stands for: what SageMaker runs, and over what.

SageMaker's definitions never change. So one has a name that follows from its content: another wish is another definition, and the
same is never made twice.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REFERENCES: Mapping[str, str] = {
    "DataQuality": "jobDefinitionRef",
    "ModelQuality": "modelQualityJobDefinitionRef",
    "ModelBias": "modelBiasJobDefinitionRef",
    "ModelExplainability": "modelExplainabilityJobDefinitionRef",
}
"""The field of a ``monitoringScheduleConfig`` that refers to a definition, by type of monitoring."""

RESOURCES: Mapping[str, Any] = {"instanceType": "ml.m5.xlarge", "instanceCount": 1, "volumeSizeInGB": 30}
"""What the jobs of a schedule run on, as far as a manifest says nothing else."""
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html: paths below this one are its own.
_INPUT = "/opt/ml/processing/input/endpoint"
_OUTPUT = "/opt/ml/processing/output"
# SageMaker's own programs, by the names that the SageMaker Python SDK has for them.
_ANALYZER, _CLARIFY = {"name": "model-monitor"}, {"name": "clarify", "version": "1.0"}
_BY_CLARIFY = frozenset({"ModelBias", "ModelExplainability"})
_WITH_TRUTH = frozenset({"ModelQuality", "ModelBias"})
_ATTRIBUTES = ("featuresAttribute", "inferenceAttribute", "probabilityAttribute", "probabilityThresholdAttribute")
_SCRIPTS = ("recordPreprocessorSourceURI", "postAnalyticsProcessorSourceURI")
_DIGEST = 10  # characters of base32
_LONGEST_BASE = 200


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as an object.

    Attributes:
        kind: one of the four kinds of definitions.
        name: follows from all that is in it.
        spec: of that object.
        complete: whether the baseline that it is to compare with is known.
    """

    kind: str
    name: str
    spec: Mapping[str, Any]
    complete: bool


def definition(name: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Definition:
    """The definition that a schedule asks for.

    Args:
        name: of the schedule.
        spec: its short form.
        status: whose ``baseline`` tells where the files to compare with are, unless the manifest does.
    """
    monitors: str = spec["monitoringType"]
    part = f"{monitors[0].lower()}{monitors[1:]}"
    files = _baseline(spec, status)
    content: dict[str, Any] = {
        f"{part}AppSpecification": _program(monitors, spec),
        f"{part}JobInput": _input(monitors, spec),
        f"{part}JobOutputConfig": _output(spec),
        "jobResources": {"clusterConfig": {**RESOURCES, **(spec.get("resources") or {})}},
    }
    if "constraints" in files:
        compared = {"constraintsResource": {"s3URI": files["constraints"]}}
        if "statistics" in files and monitors == "DataQuality":
            compared["statisticsResource"] = {"s3URI": files["statistics"]}
        content[f"{part}BaselineConfig"] = compared
    if "maxRuntimeInSeconds" in spec:
        content["stoppingCondition"] = {"maxRuntimeInSeconds": spec["maxRuntimeInSeconds"]}
    content |= {field: spec[field] for field in ("roleARN", "networkConfig", "tags", "region") if field in spec}
    return Definition(
        f"{monitors}JobDefinition", _named(name, content), content, "constraints" in files or not _asked(spec)
    )


def _program(monitors: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What analyses: the image that the manifest names, or SageMaker's own."""
    own = _CLARIFY if monitors in _BY_CLARIFY else _ANALYZER
    told: dict[str, Any] = {"imageURI": spec["image"]} if "image" in spec else {"builtIn": dict(own)}
    environment = dict(spec.get("environment") or {})
    if "publishMetrics" in spec:
        environment["publish_cloudwatch_metrics"] = "Enabled" if spec["publishMetrics"] else "Disabled"
    if environment:
        told["environment"] = environment
    if monitors in _BY_CLARIFY:
        return {**told, "configURI": spec.get("analysisConfigS3URI", "")}
    told |= {field: spec[field] for field in _SCRIPTS if field in spec}
    if monitors == "ModelQuality" and "problemType" in spec:
        told["problemType"] = spec["problemType"]
    return told


def _input(monitors: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    source: Mapping[str, Any] = spec.get("source") or {}
    attributes = {field: spec[field] for field in _ATTRIBUTES if field in spec}
    told: dict[str, Any] = {}
    if "endpointRef" in source:
        told["endpointInput"] = {"endpointRef": source["endpointRef"], "localPath": _INPUT, **attributes}
    elif "endpoint" in source:
        named = source["endpoint"]["endpointName"]
        told["endpointInput"] = {"endpointName": named, "localPath": _INPUT, **attributes}
    elif "batchTransform" in source:
        told["batchTransformInput"] = {**source["batchTransform"], "localPath": _INPUT, **attributes}
    if monitors in _WITH_TRUTH:
        told["groundTruthS3Input"] = dict(spec.get("groundTruth") or {})
    return told


def _output(spec: Mapping[str, Any]) -> dict[str, Any]:
    told: Mapping[str, Any] = spec.get("output") or {}
    files = {"s3URI": told.get("s3OutputPath", ""), "localPath": _OUTPUT}
    return {
        "monitoringOutputs": [{"s3Output": files}],
        **({"kmsKeyID": told["kmsKeyID"]} if "kmsKeyID" in told else {}),
    }


def _asked(spec: Mapping[str, Any]) -> bool:
    """Whether a manifest wants a baseline that has to be found or made first."""
    return "baselineRef" in spec or "from" in (spec.get("baseline") or {})


def _baseline(spec: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, str]:
    """The files to compare with; what a person has written counts more than what was suggested."""
    given: Mapping[str, Any] = spec.get("baseline") or {}
    found: Mapping[str, Any] = (status.get("baseline") or {}) if _asked(spec) or not given else {}
    both = {**_only_texts(found), **_only_texts(given)}
    files = {"constraints": both.get("constraintsS3URI"), "statistics": both.get("statisticsS3URI")}
    return {name: uri for name, uri in files.items() if uri}


def _only_texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _named(base: str, content: Mapping[str, Any]) -> str:
    told = json.dumps(content, sort_keys=True)
    digest = base64.b32encode(hashlib.sha256(told.encode()).digest()).decode()[:_DIGEST].lower()
    return f"{base[:_LONGEST_BASE].rstrip('-.')}-{digest}"
