"""What a real API server says about monitoring schedules that SageMaker would refuse, and that it takes."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.builders import Manifest, example
from tests.cluster.api import Answer, Api
from tests.rehearsal.watched import schedule

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import KINDS

KIND = KINDS["MonitoringSchedule"]

pytestmark = pytest.mark.usefixtures("crds")


@pytest.fixture
def api(cluster: Cluster, namespace: str) -> Iterator[Api]:
    with Api(cluster, namespace) as opened:
        yield opened


def own(expression: str, **more: str) -> Manifest:
    """A schedule in SageMaker's own form."""
    manifest = example("MonitoringSchedule")
    manifest["spec"]["monitoringScheduleConfig"]["scheduleConfig"] = {"scheduleExpression": expression, **more}
    return manifest


def native(**spec: Any) -> Manifest:
    return schedule(engine="Native", **{"delaySeconds": None, "image": None, **spec})


def applied(api: Api, manifest: Manifest) -> Answer:
    return api.create(KIND, manifest)


@pytest.mark.parametrize(
    "expression",
    ["cron(0 * ? * * *)", "cron(0 12 ? * * *)", "cron(0 00 ? * * *)", "cron(0 17/12 ? * * *)", "cron(0 0/2 ? * * *)"],
)
def test_what_sagemaker_can_run_is_taken(api: Api, expression: str) -> None:
    assert applied(api, own(expression)).code == 201


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("Hourly: cron(0 * ? * * *)", "leave out the word before cron("),
        ("Daily : cron(0 12 ? * * *)", "leave out the word before cron("),
        ("cron(5 * ? * * *)", "cron(0 * ? * * *) for every hour"),
        ("cron(0 24 ? * * *)", "set engine: Operator"),
        ("cron(0 12 ? * MON *)", "set engine: Operator"),
        ("rate(1 hour)", "set engine: Operator"),
        ("0 * * * *", "set engine: Operator"),
        ("NOW", "needs dataAnalysisStartTime and dataAnalysisEndTime"),
    ],
)
def test_what_sagemaker_cannot_run_is_refused_with_what_it_can(api: Api, expression: str, hint: str) -> None:
    answer = applied(api, own(expression))

    assert answer.code == 422
    assert hint in answer.message
    assert answer.message.count("leave out the word") + answer.message.count("SageMaker takes") <= 1, (
        "one hint at a time"
    )


def test_a_single_run_needs_its_window(api: Api) -> None:
    assert applied(api, own("NOW", dataAnalysisStartTime="-PT5H", dataAnalysisEndTime="-PT0H")).code == 201


@pytest.mark.parametrize(
    "when", ["0 * * * *", "@hourly", "0 12 * * *", "@daily", "0 */6 * * *", "NOW", "cron(0 6/12 ? * * *)"]
)
def test_the_short_form_takes_what_can_be_told_to_sagemaker(api: Api, when: str) -> None:
    assert applied(api, native(schedule=when)).code == 201


@pytest.mark.parametrize("when", ["*/5 * * * *", "30 * * * *", "0 */5 * * *", "0 9 * * 1-5", "@weekly", "0 9,17 * * *"])
def test_the_short_form_refuses_the_rest_with_a_hint_and_leaves_it_to_the_operator(api: Api, when: str) -> None:
    answer = applied(api, native(schedule=when))

    assert answer.code == 422
    assert "for any other time set engine: Operator" in answer.message
    assert applied(api, schedule(schedule=when)).code == 201


def test_what_the_operator_alone_can_do_is_refused_of_sagemaker(api: Api) -> None:
    prefix = {"s3": {"s3URI": "s3://bucket/data"}}
    assert "source.s3 set engine: Operator" in applied(api, native(source=prefix)).message
    assert "are for engine Operator" in applied(api, native(timeZone="Europe/Berlin")).message
    assert "are for engine Operator" in applied(api, native(thresholds={"drift": 0.2})).message


def test_a_definition_takes_the_name_of_an_image_of_sagemakers(api: Api) -> None:
    manifest = example("DataQualityJobDefinition")
    program = manifest["spec"]["dataQualityAppSpecification"]
    program.pop("imageURI", None)
    kind = KINDS["DataQualityJobDefinition"]
    assert api.create(kind, manifest).code == 422

    program["builtIn"] = {"name": "model-monitor"}
    assert api.create(kind, manifest).code == 201
