"""The processing jobs of an execution: what their containers are told, given and asked for.

The environment and the local paths are those of Model Monitor's containers (their documentation, and notebooks that run the
analyzer by hand). Where a value would be longer than a processing job may have, it is left out.
"""

import json
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.families.monitoring.captured import Window, folder
from sagemaker_local.emulator.families.monitoring.work import Work
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

MOST_FOLDERS: Final = 6
"""A processing job has at most ten inputs; more folders than these are given as their common parents."""
_CODE: Final = "/opt/ml/processing/code"
_BASELINE: Final = "/opt/ml/processing/baseline"
_CONFIG: Final = "/opt/ml/processing/input/config"
_LONGEST_VALUE: Final = 256


def moment(when: float) -> str:
    """A time as containers are told it."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def job_name(first: str, scheduled: float, world: World) -> str:
    """The name of a processing job, for example model-monitoring-202601011000-<id>."""
    return f"{first}-{datetime.fromtimestamp(scheduled, UTC):%Y%m%d%H%M}-{world.new_id(24)}"


def report_url(work: Work, schedule: Resource, scheduled: float) -> str:
    """Where the reports of one execution go: below the output, by endpoint, schedule and hour."""
    parts = [work.output["S3Uri"].rstrip("/"), work.endpoint, schedule.name, folder(scheduled)]
    return "/".join(part for part in parts if part)


def monitoring_job(
    work: Work, schedule: Resource, world: World, *, scheduled: float, window: Window, folders: list[str]
) -> Json:
    """The request of the job that analyses.

    Args:
        scheduled: when the execution was due, in epoch seconds.
        folders: S3 URLs of the data.
    """
    baseline = baseline_urls(work, schedule, world)
    inputs = [*_data_inputs(work, folders), *_baseline_inputs(baseline)]
    if "ConfigUri" in work.app:
        inputs.append(_input("analysis_config", work.app["ConfigUri"], _CONFIG))
    request = _common(work, job_name("model-monitoring", scheduled, world), inputs)
    request["ProcessingOutputConfig"] = _output(work, report_url(work, schedule, scheduled))
    request["AppSpecification"] = {
        name: work.app[name] for name in ("ImageUri", "ContainerEntrypoint", "ContainerArguments") if name in work.app
    }
    request["Environment"] = _environment(work, schedule, window, baseline, folders)
    return request


def merge_job(
    work: Work, schedule: Resource, world: World, *, scheduled: float, window: Window, folders: list[str]
) -> Json:
    """The request of the job that joins captured data with ground truth. Its image stands beside the analyzer's."""
    inputs = _data_inputs(work, folders)
    if work.truth:
        inputs.append(_input("groundtruth_input_1", work.truth, "/opt/ml/processing/groundtruth"))
    request = _common(work, job_name("groundtruth-merge", scheduled, world), inputs)
    merged = f"{work.output['S3Uri'].rstrip('/')}/merge/{schedule.name}"
    request["ProcessingOutputConfig"] = _output(work, f"{merged}/{folder(scheduled)}")
    registry = work.app["ImageUri"].rpartition("/")[0]
    request["AppSpecification"] = {"ImageUri": f"{registry}/sagemaker-model-monitor-groundtruth-merger".lstrip("/")}
    request["Environment"] = _short(
        {
            "dataset_source": work.source["LocalPath"],
            "ground_truth_source": "/opt/ml/processing/groundtruth",
            "output_path": "/opt/ml/processing/output",
            "start_time": moment(window.start),
            "end_time": moment(window.end),
        }
    )
    return request


def baseline_urls(work: Work, schedule: Resource, world: World) -> dict[str, str]:
    """The S3 URLs of `constraints` and `statistics`, as far as there are any."""
    given = work.baseline
    found = {
        name: given[member]["S3Uri"]
        for name, member in (("constraints", "ConstraintsResource"), ("statistics", "StatisticsResource"))
        if given.get(member, {}).get("S3Uri")
    }
    job = world.find(schedule.place, "ProcessingJob", given.get("BaseliningJobName", ""))
    outputs = job.spec.get("ProcessingOutputConfig", {}).get("Outputs", []) if job else []
    if outputs and "S3Output" in outputs[0]:
        base = outputs[0]["S3Output"]["S3Uri"].rstrip("/")
        return {"constraints": f"{base}/constraints.json", "statistics": f"{base}/statistics.json", **found}
    return found


def _common(work: Work, name: str, inputs: list[Json]) -> Json:
    request: Json = {
        "ProcessingJobName": name,
        "ProcessingInputs": inputs,
        "ProcessingResources": work.resources,
        "StoppingCondition": dict(work.stopping),
        "RoleArn": work.role,
    }
    if work.network is not None:
        request["NetworkConfig"] = work.network
    return request


def _output(work: Work, url: str) -> Json:
    target = {
        "S3Uri": url,
        "LocalPath": work.output["LocalPath"],
        "S3UploadMode": work.output.get("S3UploadMode", "Continuous"),
    }
    config: Json = {"Outputs": [{"OutputName": "result", "S3Output": target}]}
    if work.kms_key is not None:
        config["KmsKeyId"] = work.kms_key
    return config


def _data_inputs(work: Work, folders: list[str]) -> list[Json]:
    """One input for each folder of data, or for each of their parents if there are many."""
    base = work.source["LocalPath"].rstrip("/")
    few = folders
    while len(few) > MOST_FOLDERS:
        few = list(dict.fromkeys(url.rpartition("/")[0] for url in few))
    return [_input(f"input_{number}", url, f"{base}/{_below(work, url)}") for number, url in enumerate(few, 1)]


def _below(work: Work, url: str) -> str:
    """The path of a folder below its destination: from the endpoint's name on, or from `input`."""
    first = work.endpoint or "input"
    _, found, rest = url.partition(f"/{first}/")
    return f"{first}/{rest}" if found else first


def _baseline_inputs(urls: dict[str, str]) -> list[Json]:
    rows = (("statistics", "baseline", "stats"), ("constraints", "constraints", "constraints"))
    return [_input(name, urls[of], f"{_BASELINE}/{leaf}") for of, name, leaf in rows if of in urls]


def _input(name: str, url: str, path: str) -> Json:
    where = {"S3Uri": url, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": where}


def _environment(
    work: Work, schedule: Resource, window: Window, baseline: dict[str, str], folders: list[str]
) -> dict[str, str]:
    told = {
        "dataset_format": json.dumps(_format(work), separators=(",", ":")),
        "dataset_source": work.source["LocalPath"],
        "output_path": work.output["LocalPath"],
        "start_time": moment(window.start),
        "end_time": moment(window.end),
        "metric_time": moment(window.start),
        "monitoring_input_type": "ENDPOINT_INPUT" if work.endpoint else "BATCH_TRANSFORM_INPUT",
        "sagemaker_monitoring_schedule_name": schedule.name,
        "publish_cloudwatch_metrics": "Enabled",
        **_analysis(work),
        **work.environment,
    }
    if work.endpoint:
        told["sagemaker_endpoint_name"] = work.endpoint
        if folders:
            told["sagemaker_endpoint_datacapture_prefix"] = folders[0].partition(f"/{work.endpoint}/")[0]
    leaves = {"constraints": "constraints", "statistics": "stats"}
    for of, url in baseline.items():
        told[f"baseline_{of}"] = f"{_BASELINE}/{leaves[of]}/{url.rpartition('/')[2]}"
    return _short(told)


def _format(work: Work) -> Json:
    given = work.source.get("DatasetFormat")
    if given is None:
        return {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
    return {name.lower(): {n.lower(): v for n, v in options.items()} for name, options in given.items()}


def _analysis(work: Work) -> dict[str, str]:
    """What the definition says beside its input, in the containers' words."""
    source, app = work.source, work.app
    told = {
        "inference_attribute": source.get("InferenceAttribute"),
        "probability_attribute": source.get("ProbabilityAttribute"),
        "probability_threshold_attribute": source.get("ProbabilityThresholdAttribute"),
        "exclude_features_attribute": source.get("ExcludeFeaturesAttribute"),
        "problem_type": app.get("ProblemType"),
        "analysis_type": "MODEL_QUALITY" if work.monitor.type == "ModelQuality" else None,
    }
    for member, variable, room in (
        ("RecordPreprocessorSourceUri", "record_preprocessor_script", "preprocessing"),
        ("PostAnalyticsProcessorSourceUri", "post_analytics_processor_script", "postprocessing"),
    ):
        if member in app:
            told[variable] = f"{_CODE}/{room}/{app[member].rpartition('/')[2]}"
    return {name: str(value) for name, value in told.items() if value is not None}


def _short(told: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if len(value) <= _LONGEST_VALUE}
