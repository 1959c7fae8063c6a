"""Training plans of the emulated SageMaker: searching, buying, using and extending capacity, through boto3."""

from typing import Any

import pytest
from tests.emulator.asking import CLUSTER, refused, training_job
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

HALF_AN_HOUR = 1800
ULTRA = {"UltraServerType": "ml.u-p6e-gb200x36", "UltraServerCount": 2, "TargetResources": ["training-job"]}
PLAIN = {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 4, "TargetResources": ["training-job"]}


def bought(client: Any, **asked: Any) -> str:
    """A plan called `reserved` of the first offering; its ARN."""
    offering = client.search_training_plan_offerings(**(asked or PLAIN))["TrainingPlanOfferings"][0]
    made = client.create_training_plan(
        TrainingPlanName="reserved", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"]
    )
    return str(made["TrainingPlanArn"])


def describe(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_training_plan(TrainingPlanName="reserved")
    return answer


def test_a_plan_goes_from_payment_to_expiry(sagemaker: Emulator, client: Any) -> None:
    bought(client)
    seen = [describe(client)["Status"]]

    for seconds in (60, 2 * HALF_AN_HOUR, 24 * 3600):
        sagemaker.clock.advance(seconds)
        seen.append(describe(client)["Status"])

    assert seen == ["Pending", "Scheduled", "Active", "Expired"]


def test_a_plan_has_what_its_offering_promised(client: Any) -> None:
    offering = client.search_training_plan_offerings(**PLAIN, DurationHours=40)["TrainingPlanOfferings"][0]
    client.create_training_plan(TrainingPlanName="reserved", TrainingPlanOfferingId=offering["TrainingPlanOfferingId"])

    plan = describe(client)

    assert (plan["DurationHours"], plan["TotalInstanceCount"], plan["UpfrontFee"]) == (48, 4, offering["UpfrontFee"])
    assert plan["ReservedCapacitySummaries"][0]["InstanceType"] == "ml.p5.48xlarge"
    assert (plan["EndTime"] - plan["StartTime"]).total_seconds() == 48 * 3600


def test_an_offering_that_is_unknown_or_over_is_refused(sagemaker: Emulator, client: Any) -> None:
    found = client.search_training_plan_offerings(**PLAIN)["TrainingPlanOfferings"][0]["TrainingPlanOfferingId"]
    sagemaker.clock.advance(2 * HALF_AN_HOUR + 1)

    for offering in ("nothing", found):
        said = refused(client.create_training_plan, TrainingPlanName="late", TrainingPlanOfferingId=offering)
        assert said[0] == "ResourceNotFound"


def test_a_name_can_be_used_once(client: Any) -> None:
    bought(client)
    found = client.search_training_plan_offerings(**PLAIN)["TrainingPlanOfferings"][0]["TrainingPlanOfferingId"]

    said = refused(client.create_training_plan, TrainingPlanName="reserved", TrainingPlanOfferingId=found)

    assert said[0] == "ResourceInUse"


def test_a_job_is_pending_until_its_plan_is_active(sagemaker: Emulator, client: Any) -> None:
    plan = bought(client)
    sagemaker.clock.advance(60)
    client.create_training_job(**training_job(ResourceConfig={**CLUSTER, "TrainingPlanArn": plan}))
    sagemaker.clock.advance(600)
    assert client.describe_training_job(TrainingJobName="digits")["SecondaryStatus"] == "Pending"

    sagemaker.clock.advance(2 * HALF_AN_HOUR + 400)

    assert client.describe_training_job(TrainingJobName="digits")["TrainingJobStatus"] == "Completed"
    listed = client.list_training_jobs(TrainingPlanArnEquals=plan)["TrainingJobSummaries"]
    assert [job["TrainingPlanArn"] for job in listed] == [plan]


def test_an_active_plan_counts_the_instances_in_use(sagemaker: Emulator, client: Any) -> None:
    plan = bought(client)
    sagemaker.clock.advance(2 * HALF_AN_HOUR + 60)

    client.create_training_job(**training_job(ResourceConfig={**CLUSTER, "TrainingPlanArn": plan}))

    assert (describe(client)["InUseInstanceCount"], describe(client)["AvailableInstanceCount"]) == (1, 3)


def test_an_extended_plan_expires_later(sagemaker: Emulator, client: Any) -> None:
    plan = bought(client)
    sagemaker.clock.advance(2 * HALF_AN_HOUR)
    offering = client.search_training_plan_offerings(TrainingPlanArn=plan)["TrainingPlanExtensionOfferings"][0]
    extension = {"TrainingPlanExtensionOfferingId": offering["TrainingPlanExtensionOfferingId"]}
    client.extend_training_plan(**extension)

    sagemaker.clock.advance(36 * 3600)
    assert (describe(client)["Status"], describe(client)["DurationHours"]) == ("Active", 48)
    sagemaker.clock.advance(13 * 3600)

    assert describe(client)["Status"] == "Expired"
    kept = client.describe_training_plan_extension_history(TrainingPlanArn=plan)["TrainingPlanExtensions"]
    assert [row["DurationHours"] for row in kept] == [24]
    assert refused(client.extend_training_plan, **extension)[0] == "ResourceNotFound"


@pytest.mark.parametrize(("asked", "servers"), [(PLAIN, 0), (ULTRA, 2)], ids=["instances", "ultra servers"])
def test_every_answer_of_a_life_fits_the_model(sagemaker: Emulator, asked: dict[str, Any], servers: int) -> None:
    found = checked(sagemaker, "SearchTrainingPlanOfferings", asked)["TrainingPlanOfferings"][0]
    request = {"TrainingPlanName": "reserved", "TrainingPlanOfferingId": found["TrainingPlanOfferingId"]}
    arn = checked(sagemaker, "CreateTrainingPlan", request)["TrainingPlanArn"]
    for seconds in (0, 60, 7200, 100_000):
        sagemaker.clock.advance(seconds)
        plan = checked(sagemaker, "DescribeTrainingPlan", {"TrainingPlanName": arn})
        checked(sagemaker, "ListTrainingPlans", {"Filters": [{"Name": "Status", "Value": plan["Status"]}]})
        checked(sagemaker, "SearchTrainingPlanOfferings", {"TrainingPlanArn": arn})
        capacity = {"ReservedCapacityArn": plan["ReservedCapacitySummaries"][0]["ReservedCapacityArn"]}
        checked(sagemaker, "DescribeReservedCapacity", capacity)
        listed = checked(sagemaker, "ListUltraServersByReservedCapacity", capacity)
    assert len(listed["UltraServers"]) == servers
