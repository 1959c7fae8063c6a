"""The candidates of an Autopilot job: models that it tries one after the other, and the best of them.

Scores are random, from the seed. The steps of a candidate are ARNs only: the jobs behind them cannot be described.
"""

from typing import Any, Final

from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

USUAL_COUNT: Final = 10
"""How many candidates a tabular job tries that does not say MaxCandidates; other problem types try one."""

LOSSES: Final = frozenset({"MSE", "RMSE", "MAE", "MAPE", "MASE", "WAPE", "AverageWeightedQuantileLoss"})

# AutoMLJobObjective's documentation.
_DEFAULT_METRICS: Final = {"BinaryClassification": "F1", "MulticlassClassification": "Accuracy", "Regression": "MSE"}
_BY_PROBLEM: Final = {
    "ImageClassificationJobConfig": "Accuracy",
    "TextClassificationJobConfig": "Accuracy",
    "TimeSeriesForecastingJobConfig": "AverageWeightedQuantileLoss",
}


def problem(job: Resource) -> tuple[str, Json]:
    """The problem of a job of either version, as AutoMLProblemTypeConfig says it: which, and its settings."""
    if "AutoMLProblemTypeConfig" in job.spec:
        name, config = next(iter(job.spec["AutoMLProblemTypeConfig"].items()))
        return name, config
    return "TabularJobConfig", _as_tabular(job.spec)


def _as_tabular(spec: Json) -> Json:
    config = spec.get("AutoMLJobConfig", {})
    channel = spec["InputDataConfig"][0]
    generation = config.get("CandidateGenerationConfig", {})
    found = {
        "CandidateGenerationConfig": {k: v for k, v in generation.items() if k == "AlgorithmsConfig"},
        "CompletionCriteria": config.get("CompletionCriteria", {}),
        "FeatureSpecificationS3Uri": generation.get("FeatureSpecificationS3Uri"),
        "Mode": config.get("Mode"),
        "GenerateCandidateDefinitionsOnly": spec.get("GenerateCandidateDefinitionsOnly", False),
        "ProblemType": spec.get("ProblemType"),
        "TargetAttributeName": channel["TargetAttributeName"],
        "SampleWeightAttributeName": channel.get("SampleWeightAttributeName"),
    }
    return {name: value for name, value in found.items() if value not in (None, {})}


def problem_type(job: Resource) -> str:
    """Of a tabular job: the problem type that was asked for, or the one that is taken to be found in the data."""
    return str(problem(job)[1].get("ProblemType") or "BinaryClassification")


def objective(job: Resource) -> str | None:
    """The metric that decides; None where Autopilot has none (text generation)."""
    asked: str | None = job.spec.get("AutoMLJobObjective", {}).get("MetricName")
    name, _ = problem(job)
    if name == "TabularJobConfig":
        return asked or _DEFAULT_METRICS[problem_type(job)]
    return asked or _BY_PROBLEM.get(name)


def tune(job: Resource, world: World, now: float, *, share: float) -> None:
    """Finish the candidates that are under way, and begin with the next until `share` of all have been begun."""
    name, config = problem(job)
    usual = USUAL_COUNT if name == "TabularJobConfig" else 1
    wanted = int(config.get("CompletionCriteria", {}).get("MaxCandidates", usual))
    _finish(job, world, now)
    tried: list[Json] = job.facts.setdefault("Candidates", [])
    while len(tried) < round(wanted * share) or not tried:
        tried.append(_new(job, world, now, number=len(tried) + 1))
    _choose(job)


def finish(job: Resource, world: World, now: float) -> None:
    """Finish all candidates that are under way."""
    _finish(job, world, now)
    _choose(job)


def abandon(job: Resource, now: float) -> None:
    """What is under way when the job ends otherwise is stopped."""
    for candidate in job.facts.get("Candidates", ()):
        if candidate["CandidateStatus"] == "InProgress":
            ended = {"EndTime": now, "LastModifiedTime": now}
            candidate.update(CandidateStatus="Stopped", ObjectiveStatus="Failed", **ended)


def _new(job: Resource, world: World, now: float, *, number: int) -> Json:
    name = f"{job.name}-{number:03}-{world.new_id(8)}"[:64]
    kinds = {"TrainingJob": "training-job", "TransformJob": "transform-job"}
    steps = [
        {
            "CandidateStepType": f"AWS::SageMaker::{kind}",
            "CandidateStepArn": job.place.arn(path, name),
            "CandidateStepName": name,
        }
        for kind, path in kinds.items()
    ]
    return {
        "CandidateName": name,
        "ObjectiveStatus": "Pending",
        "CandidateSteps": steps,
        "CandidateStatus": "InProgress",
        "CreationTime": now,
        "LastModifiedTime": now,
    }


def _finish(job: Resource, world: World, now: float) -> None:
    for candidate in job.facts.get("Candidates", ()):
        if candidate["CandidateStatus"] == "InProgress":
            candidate.update(
                CandidateStatus="Completed", ObjectiveStatus="Succeeded", EndTime=now, LastModifiedTime=now
            )
            candidate.update(_result(job, world, candidate["CandidateName"]))


def _result(job: Resource, world: World, name: str) -> Json:
    folder = f"{job.spec['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{job.name}"
    image = f"{job.place.account}.dkr.ecr.{job.place.region}.amazonaws.com/sagemaker-autopilot:1"
    places = {
        "Explainability": f"{folder}/documentation/explainability/output/{name}",
        "ModelInsights": f"{folder}/documentation/model_monitor/output/{name}",
    }
    found: Json = {
        "InferenceContainers": [
            {"Image": image, "ModelDataUrl": f"{folder}/tuning/{name}/output/model.tar.gz", "Environment": {}}
        ],
        "CandidateProperties": {"CandidateArtifactLocations": places},
    }
    metric = objective(job)
    if metric is not None:
        value = round(world.random.uniform(0.6, 0.99), 5)
        direction = "Minimize" if metric in LOSSES else "Maximize"
        found["FinalAutoMLJobObjectiveMetric"] = {
            "Type": direction, "MetricName": metric, "Value": value, "StandardMetricName": metric,
        }  # fmt: skip
        datum = {"MetricName": metric, "StandardMetricName": metric, "Value": value, "Set": "Validation"}
        found["CandidateProperties"]["CandidateMetrics"] = [datum]
    return found


def _choose(job: Resource) -> None:
    done = [c for c in job.facts.get("Candidates", ()) if c["CandidateStatus"] == "Completed"]
    if done:
        lower = objective(job) in LOSSES
        job.facts["BestCandidate"] = (min if lower else max)(done, key=_score)


def _score(candidate: Json) -> float:
    return float(candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Value", 0))


def page(call: Call, job: Resource) -> Json:
    """ListCandidatesForAutoMLJob's answer."""
    request = call.request
    wanted = {"CandidateStatus": request.get("StatusEquals"), "CandidateName": request.get("CandidateNameEquals")}
    found: list[Json] = [
        candidate
        for candidate in job.facts.get("Candidates", ())
        if all(value is None or candidate[member] == value for member, value in wanted.items())
    ]
    orders: dict[str, Any] = {
        "CreationTime": lambda c: c["CreationTime"],
        "Status": lambda c: c["CandidateStatus"],
        "FinalObjectiveMetricValue": _score,
    }
    found.sort(key=orders[request.get("SortBy", "CreationTime")], reverse=request.get("SortOrder") == "Descending")
    shown = cut(found, call)
    return {"Candidates": shown.items, **shown.token}
