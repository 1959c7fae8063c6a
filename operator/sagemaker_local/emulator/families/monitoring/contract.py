"""The processing jobs of an execution: what their containers are told, given and asked for.

Names, paths and environment are those of the requests of a merge job and of the model quality job after it, which the notes of a
public MLOps sample quote from logs of 2021, and of the containers' documentation. A value that is longer than a processing
job may have is left out.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.families.monitoring.captured import Window, folder, parents, truth_folders
from sagemaker_local.emulator.families.monitoring.work import Work
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

MOST_FOLDERS: Final = 5
"""A processing job has at most ten inputs; more folders than these are given as their common parents."""
_CODE: Final = "/opt/ml/processing/code"
_BASELINE: Final = "/opt/ml/processing/baseline"
_CONFIG: Final = "/opt/ml/processing/input/config"
_TRUTH: Final = "/opt/ml/processing/groundtruth"
_SCRIPTS: Final = (
    ("RecordPreprocessorSourceUri", "record_preprocessor_script", "preprocessing"),
    ("PostAnalyticsProcessorSourceUri", "post_analytics_processor_script", "postprocessing"),
)
"""Member of the definition, variable of the container, and the name of input and directory; that name is unverified."""
_TYPES: Final = {
    "ModelQuality": "MODEL_QUALITY",
    "ModelBias": "MODEL_BIAS",
    "ModelExplainability": "MODEL_EXPLAINABILITY",
}
"""What containers are told that they are to analyse; that Clarify's is told so too is unverified."""
_LONGEST_VALUE: Final = 256
_LONGEST_NAME: Final = 63


@dataclass(frozen=True, slots=True)
class Run:
    """What the jobs of one execution share.

    Attributes:
        scheduled: when the execution was due, in epoch seconds.
        window: the time that it looks at.
        folders: the S3 URLs of the data captured in that time.
        unique: the end of its jobs' names.
    """

    scheduled: float
    window: Window
    folders: list[str]
    unique: str


def moment(when: float) -> str:
    """A time as containers are told it."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def job_name(step: str, scheduled: float, unique: str) -> str:
    """The name of a processing job, for example groundtruth-merge-202105062300-<id>; the jobs of one execution share the id."""
    return f"{step}-{datetime.fromtimestamp(scheduled, UTC):%Y%m%d%H%M}-{unique}"[:_LONGEST_NAME].rstrip("-")


def report_url(work: Work, schedule: Resource, scheduled: float, speed: float = 1.0) -> str:
    """Where the reports of one execution go: below the output, by endpoint, schedule and hour.

    At a higher speed many executions are due in an hour of the clock, and minutes and seconds tell their reports apart.
    """
    within = f"{datetime.fromtimestamp(scheduled, UTC):%M-%S}" if speed > 1 else None
    parts = [work.output["S3Uri"].rstrip("/"), work.endpoint, schedule.name, folder(scheduled), within]
    return "/".join(part for part in parts if part)


def monitoring_job(work: Work, schedule: Resource, world: World, run: Run) -> Json:
    """The request of the job that analyses."""
    baseline = baseline_urls(work, schedule, world)
    inputs = [*_baseline_inputs(baseline), *_data_inputs(work, _merged(work, run.folders))]
    if "ConfigUri" in work.app:
        inputs.append(_input("analysis_config", work.app["ConfigUri"], _CONFIG))
    inputs += [_input(room, work.app[member], f"{_CODE}/{room}") for member, _, room in _SCRIPTS if member in work.app]
    step = "model" if work.name is None else re.sub(r"(?<!^)(?=[A-Z])", "-", work.monitor.type).lower()
    request = _common(work, job_name(f"{step}-monitoring", run.scheduled, run.unique), inputs)
    mode = work.output.get("S3UploadMode", "Continuous")
    request["ProcessingOutputConfig"] = _output(
        work, report_url(work, schedule, run.scheduled, world.clock.speed), mode
    )
    request["AppSpecification"] = {
        name: work.app[name] for name in ("ImageUri", "ContainerEntrypoint", "ContainerArguments") if name in work.app
    }
    request["Environment"] = _environment(work, schedule, run, baseline)
    return request


def merge_job(work: Work, schedule: Resource, world: World, run: Run) -> Json:
    """The request of the job that joins captured data with ground truth. Its image stands beside the analyzer's."""
    inputs = _data_inputs(work, run.folders)
    truths = truth_folders(work.truth, run.window, schedule.place, world) if work.truth else []
    inputs += [_input(f"groundtruth_input_{number}", url, f"{_TRUTH}/{number}") for number, url in enumerate(truths, 1)]
    request = _common(work, job_name("groundtruth-merge", run.scheduled, run.unique), inputs)
    request["ProcessingOutputConfig"] = _output(work, _merge_url(work), "EndOfJob")
    registry = work.app["ImageUri"].rpartition("/")[0]
    request["AppSpecification"] = {"ImageUri": f"{registry}/sagemaker-model-monitor-groundtruth-merger".lstrip("/")}
    request["Environment"] = {
        "dataset_source": work.source["LocalPath"],
        "ground_truth_source": _TRUTH,
        "output_path": work.output["LocalPath"],
    }
    return request


def _merge_url(work: Work) -> str:
    return f"{work.output['S3Uri'].rstrip('/')}/merge"


def _merged(work: Work, folders: list[str]) -> list[str]:
    """The folders of data, or where the merge job has put what it made of them."""
    return [f"{_merge_url(work)}/{_below(work, url)}" for url in folders] if work.monitor.merges else folders


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


def _output(work: Work, url: str, mode: str) -> Json:
    target = {"S3Uri": url, "LocalPath": work.output["LocalPath"], "S3UploadMode": mode}
    config: Json = {"Outputs": [{"OutputName": "result", "S3Output": target}]}
    if work.kms_key is not None:
        config["KmsKeyId"] = work.kms_key
    return config


def _data_inputs(work: Work, folders: list[str]) -> list[Json]:
    """One input for each folder of data, or for each of their parents if there are many."""
    base, kind = work.source["LocalPath"].rstrip("/"), "endpoint" if work.endpoint else "batch_transform"
    few = enumerate(parents(folders, MOST_FOLDERS), 1)
    return [_input(f"{kind}_input_{number}", url, f"{base}/{_below(work, url)}") for number, url in few]


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


def _environment(work: Work, schedule: Resource, run: Run, baseline: dict[str, str]) -> dict[str, str]:
    told = {
        "dataset_format": json.dumps(_format(work), separators=(",", ":")),
        "dataset_source": work.source["LocalPath"],
        "output_path": work.output["LocalPath"],
        "start_time": moment(run.window.start),
        "end_time": moment(run.window.end),
        "metric_time": moment(run.window.start),
        "monitoring_input_type": "ENDPOINT_INPUT" if work.endpoint else "BATCH_TRANSFORM_INPUT",
        "sagemaker_monitoring_schedule_name": schedule.name,
        "publish_cloudwatch_metrics": "Enabled",
        **_analysis(work),
        **work.environment,
    }
    if work.endpoint:
        told["sagemaker_endpoint_name"] = work.endpoint
        if run.folders:
            told["sagemaker_endpoint_datacapture_prefix"] = run.folders[0].partition(f"/{work.endpoint}/")[0]
    leaves = {"constraints": "constraints", "statistics": "stats"}
    for of, url in baseline.items():
        told[f"baseline_{of}"] = f"{_BASELINE}/{leaves[of]}/{url.rpartition('/')[2]}"
    return _short(told)


def _format(work: Work) -> Json:
    given = work.source.get("DatasetFormat")
    if given is None and work.monitor.merges:
        return {"sagemakerMergeJson": {"captureIndexNames": ["endpointOutput"]}}
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
        "analysis_type": _TYPES.get(work.monitor.type),
        "analysis_config": f"{_CONFIG}/{app['ConfigUri'].rpartition('/')[2]}" if "ConfigUri" in app else None,
    }
    for member, variable, room in _SCRIPTS:
        if member in app:
            told[variable] = f"{_CODE}/{room}/{app[member].rpartition('/')[2]}"
    return {name: str(value) for name, value in told.items() if value is not None}


def _short(told: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if len(value) <= _LONGEST_VALUE}
