"""The final metrics that emulated training jobs report: who reports any, and that their values can be relied upon."""

from typing import Any

from tests.emulator.asking import IMAGE, training_job
from tests.emulator.test_emulated_training_courses import describe

from sagemaker_local.emulator import Emulator

XGBOOST = {
    "TrainingImage": "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
    "TrainingInputMode": "File",
}


def test_metrics_are_reported_and_the_same_each_time(sagemaker: Emulator, client: Any) -> None:
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*)"}, {"Name": "accuracy", "Regex": "acc=(.*)"}],
    }
    for name, rate in (("one", "0.1"), ("same", "0.1"), ("other", "0.2")):
        client.create_training_job(
            **training_job(name, AlgorithmSpecification=algorithm, HyperParameters={"eta": rate})
        )
    assert "FinalMetricDataList" not in describe(client, "one")

    sagemaker.clock.advance(344)

    one, same, other = (
        {m["MetricName"]: m["Value"] for m in describe(client, name)["FinalMetricDataList"]}
        for name in ("one", "same", "other")
    )
    assert set(one) == {"loss", "accuracy"}
    assert one == same
    assert one != other


def test_only_a_job_that_trained_and_did_not_fail_reports_metrics(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "failed", reason="AlgorithmError: no such column")
    for name in ("failed", "early", "late"):
        client.create_training_job(**training_job(name, AlgorithmSpecification=XGBOOST))
    client.stop_training_job(TrainingJobName="early")
    sagemaker.clock.advance(300)
    client.stop_training_job(TrainingJobName="late")
    assert "FinalMetricDataList" not in describe(client, "late")

    sagemaker.clock.advance(200)

    reporting = [name for name in ("failed", "early", "late") if "FinalMetricDataList" in describe(client, name)]
    late = describe(client, "late")
    assert reporting == ["late"]
    assert len(late["FinalMetricDataList"]) == len(late["AlgorithmSpecification"]["MetricDefinitions"]) == 24
    assert {metric["Timestamp"] for metric in late["FinalMetricDataList"]} == {late["TrainingEndTime"]}


def test_a_job_that_is_being_deleted_still_reports_its_metrics(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(AlgorithmSpecification=XGBOOST))
    sagemaker.clock.advance(400)
    before = describe(client)

    client.delete_training_job(TrainingJobName="digits")

    after = describe(client)
    assert after["TrainingJobStatus"] == "Deleting"
    assert after["FinalMetricDataList"] == before["FinalMetricDataList"]


def test_the_value_of_a_metric_is_the_same_in_every_release(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(AlgorithmSpecification=XGBOOST, HyperParameters={"eta": "0.2"}))

    sagemaker.clock.advance(400)

    found = {metric["MetricName"]: metric["Value"] for metric in describe(client)["FinalMetricDataList"]}
    assert round(found["validation:auc"], 6) == 0.176062
