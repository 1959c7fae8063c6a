"""What the status of a job tells beyond its Describe: the best training jobs, candidates, steps, outputs."""

import json
from typing import Any

import pytest
from tests.builders import example
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key

TUNING = "ListTrainingJobsForHyperParameterTuningJob"
ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}


def over(play: Rehearsal, key: Key) -> None:
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")), within=24 * 3600)


def tuning_job() -> dict[str, Any]:
    """Six training jobs, three at a time."""
    manifest = example("HyperParameterTuningJob")
    limits = {"maxNumberOfTrainingJobs": 6, "maxParallelTrainingJobs": 3}
    manifest["spec"]["hyperParameterTuningJobConfig"]["resourceLimits"] = limits
    return manifest


def step(name: str, **more: Any) -> dict[str, Any]:
    arguments = {
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {"ClusterConfig": CLUSTER},
    }
    return {"Name": name, "Type": "Processing", "Arguments": arguments, **more}


def execution(play: Rehearsal) -> Key:
    """One run of a pipeline with two steps that wait for each other."""
    steps = [step("Prepare"), step("Check", DependsOn=["Prepare"])]
    definition = json.dumps({"Version": "2020-12-01", "Steps": steps})
    play.apply(example("Pipeline", pipelineDefinition=definition, pipelineDefinitionFrom=None))
    return play.apply(example("PipelineExecution", pipelineParameters=None))


def test_a_tuning_job_tells_its_five_best_training_jobs_best_first() -> None:
    with Rehearsal() as play:
        key = play.apply(tuning_job())
        play.until("some are known", lambda: bool(play.status(key).get("topTrainingJobs")), within=6 * 3600)
        assert not play.condition(key, "Succeeded")
        over(play, key)

        told = play.status(key)
        values = [one["objectiveValue"] for one in told["topTrainingJobs"]]
        assert len(values) == 5
        assert values == sorted(values)
        assert told["topTrainingJobs"][0]["trainingJobName"] == told["bestTrainingJob"]["trainingJobName"]
        assert {"eta", "max_depth"} <= told["topTrainingJobs"][0]["tunedHyperParameters"].keys()
        assert told["trainingJobStatusCounters"]["completed"] == 6
        journal = play.amazon.core.journal
        assert journal.count(TUNING) < 0.3 * journal.count("DescribeHyperParameterTuningJob")
        play.quiet()


@pytest.mark.parametrize("fault", ["deny", "throttle"])
def test_a_detail_that_cannot_be_had_changes_nothing_about_the_outcome(fault: str) -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.by_name(fault)(TUNING)
        key = play.apply(tuning_job())
        over(play, key)

        assert play.says(key, "Succeeded")
        assert play.status(key)["topTrainingJobs"] == []
        journal = play.amazon.core.journal
        assert journal.count(TUNING) < 0.3 * journal.count("DescribeHyperParameterTuningJob")
        play.quiet()


@pytest.mark.parametrize("kind", ["AutoMLJob", "AutoMLJobV2"])
def test_autopilot_tells_its_best_candidates_and_a_model_takes_the_best(kind: str) -> None:
    with Rehearsal() as play:
        field = "autoMLJobRef" if kind == "AutoMLJob" else "containersRef"
        model = play.apply(example("Model", primaryContainer=None, **{field: {"name": "digits"}}))
        key = play.apply(example(kind))
        over(play, key)
        play.until("the model is there", lambda: play.says(model, "Ready"))

        told = play.status(key)
        candidates = told["topCandidates"]
        assert 1 <= len(candidates) <= 5
        assert candidates[0]["candidateName"] == told["bestCandidate"]["candidateName"]
        assert candidates[0]["candidateStatus"] == "Completed"
        values = [one["objectiveValue"] for one in candidates]
        assert values in (sorted(values), sorted(values, reverse=True))
        (made,) = play.jobs("Model")
        best = told["bestCandidate"]["inferenceContainers"]
        assert [one["Image"] for one in made.spec["Containers"]] == [one["image"] for one in best]


def test_an_execution_tells_its_steps_while_it_runs_and_what_they_made() -> None:
    with Rehearsal() as play:
        key = execution(play)
        play.until("a step runs", lambda: bool(play.status(key).get("steps")))
        assert [one["stepName"] for one in play.status(key)["steps"]] == ["Prepare"]
        over(play, key)

        steps = play.status(key)["steps"]
        assert [(one["stepName"], one["stepStatus"]) for one in steps] == [
            ("Prepare", "Succeeded"),
            ("Check", "Succeeded"),
        ]
        assert [one["arn"] for one in steps] == [job.arn for job in play.jobs("ProcessingJob")]
        assert all(one["startTime"] <= one["endTime"] for one in steps)
        play.quiet()


def test_an_execution_that_fails_names_the_step_and_its_reason() -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="AlgorithmError: exit code 1")
        key = execution(play)
        over(play, key)

        assert play.says(key, "Succeeded", "False")
        message = play.condition(key, "Succeeded")["message"]
        assert "Prepare: " in message
        assert "exit code 1" in message
        assert [one["stepStatus"] for one in play.status(key)["steps"]] == ["Failed"]


def test_processing_and_transform_jobs_tell_where_their_outputs_are() -> None:
    with Rehearsal() as play:
        processing = play.apply(example("ProcessingJob"))
        play.apply(example("Model"))
        transform = play.apply(example("TransformJob", modelName=None, modelRef={"name": "digits"}))
        over(play, processing)
        over(play, transform)

        outputs = play.status(processing)["outputs"]
        assert all(one["s3URI"].startswith("s3://my-bucket/") and one["outputName"] for one in outputs)
        assert outputs
        assert [one["s3URI"].startswith("s3://my-bucket/") for one in play.status(transform)["outputs"]] == [True]
