"""Labeling jobs, and the people and pages that do the work."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import refused
from tests.emulator.labeling_requests import OIDC, PRIVATE_TEAM, PUBLIC_TEAM, labeling_job, workforce, workteam
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator


@pytest.fixture
def pictures(sagemaker: Emulator) -> Iterator[Any]:
    """S3 with a bucket that holds a manifest of four objects and two categories."""
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="pictures")
    lines = "".join(json.dumps({"source-ref": f"s3://pictures/{number}.jpg"}) + "\n" for number in range(4))
    s3.put_object(Bucket="pictures", Key="input.manifest", Body=lines.encode())
    categories = {"document-version": "2018-11-28", "labels": [{"label": "cat"}, {"label": "dog"}]}
    s3.put_object(Bucket="pictures", Key="categories.json", Body=json.dumps(categories).encode())
    yield s3
    s3.close()


def test_a_labeling_job_counts_its_objects_as_they_are_labeled(sagemaker: Emulator, client: Any) -> None:
    client.create_labeling_job(**labeling_job())
    seen = []
    for seconds in (0, 60, 840, 900, 900, 900, 60):
        sagemaker.clock.advance(seconds)
        job = checked(sagemaker, "DescribeLabelingJob", {"LabelingJobName": "cats"})
        seen.append((job["LabelingJobStatus"], job["LabelCounters"]["HumanLabeled"], job["LabelCounters"]["Unlabeled"]))

    assert seen == [
        ("Initializing", 0, 0), ("InProgress", 0, 10), ("InProgress", 2, 8), ("InProgress", 5, 5),
        ("InProgress", 8, 2), ("InProgress", 10, 0), ("Completed", 10, 0),
    ]  # fmt: skip


def test_labels_are_written_beside_their_objects(sagemaker: Emulator, client: Any, pictures: Any) -> None:
    client.create_labeling_job(**labeling_job(LabelCategoryConfigS3Uri="s3://pictures/categories.json"))

    sagemaker.clock.advance(3700)

    output = client.describe_labeling_job(LabelingJobName="cats")["LabelingJobOutput"]["OutputDatasetS3Uri"]
    assert output == "s3://pictures/labels/cats/manifests/output/output.manifest"
    body = pictures.get_object(Bucket="pictures", Key="labels/cats/manifests/output/output.manifest")["Body"].read()
    lines = [json.loads(line) for line in body.splitlines()]
    assert [line["source-ref"] for line in lines] == [f"s3://pictures/{number}.jpg" for number in range(4)]
    assert {line["animal-metadata"]["class-name"] for line in lines} <= {"cat", "dog"}
    assert lines[0]["animal-metadata"]["job-name"] == "labeling-job/cats"


def test_a_stopped_labeling_job_keeps_what_was_labeled(sagemaker: Emulator, client: Any, pictures: Any) -> None:
    client.create_labeling_job(**labeling_job())
    sagemaker.clock.advance(2000)

    client.stop_labeling_job(LabelingJobName="cats")
    stopping = client.describe_labeling_job(LabelingJobName="cats")["LabelingJobStatus"]
    sagemaker.clock.advance(60)

    body = pictures.get_object(Bucket="pictures", Key="labels/cats/manifests/output/output.manifest")["Body"].read()
    assert stopping == "Stopping"
    assert client.describe_labeling_job(LabelingJobName="cats")["LabelingJobStatus"] == "Stopped"
    assert len(body.splitlines()) == 2


@pytest.mark.parametrize(
    "limit",
    [{"MaxHumanLabeledObjectCount": 5}, {"MaxPercentageOfInputDatasetLabeled": 50}],
    ids=["objects", "percentage"],
)
def test_a_labeling_job_stops_at_its_own_limit(sagemaker: Emulator, client: Any, limit: dict[str, int]) -> None:
    client.create_labeling_job(**labeling_job(StoppingConditions=limit))

    sagemaker.clock.advance(3700)

    job = client.describe_labeling_job(LabelingJobName="cats")
    assert (job["LabelingJobStatus"], job["LabelCounters"]["TotalLabeled"]) == ("Stopped", 5)


def test_a_streaming_labeling_job_goes_on_until_it_was_idle_for_ten_days(sagemaker: Emulator, client: Any) -> None:
    topic = {"DataSource": {"SnsDataSource": {"SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:new"}}}
    client.create_labeling_job(**labeling_job(InputConfig=topic))
    sagemaker.clock.advance(9 * 86400)
    after_nine_days = client.describe_labeling_job(LabelingJobName="cats")["LabelingJobStatus"]

    sagemaker.clock.advance(2 * 86400)

    assert after_nine_days == "InProgress"
    assert client.describe_labeling_job(LabelingJobName="cats")["LabelingJobStatus"] == "Stopped"


def test_a_labeling_job_tells_its_tags(client: Any) -> None:
    client.create_labeling_job(**labeling_job(Tags=[{"Key": "team", "Value": "vision"}]))

    assert client.describe_labeling_job(LabelingJobName="cats")["Tags"] == [{"Key": "team", "Value": "vision"}]


def test_a_labeling_job_for_a_private_team_needs_the_team(client: Any) -> None:
    code, text = refused(client.create_labeling_job, **labeling_job(team=PRIVATE_TEAM))

    client.create_workteam(**workteam())
    client.create_labeling_job(**labeling_job(team=PRIVATE_TEAM))

    assert code == "ValidationException"
    assert text == f"The specified Workteam '{PRIVATE_TEAM}' does not exist or you do not have access to it."


def test_a_team_sees_the_jobs_that_are_for_it(sagemaker: Emulator, client: Any) -> None:
    client.create_workteam(**workteam())
    client.create_labeling_job(**labeling_job("ours", team=PRIVATE_TEAM))
    client.create_labeling_job(**labeling_job("theirs"))
    sagemaker.clock.advance(900)

    found = checked(sagemaker, "ListLabelingJobsForWorkteam", {"WorkteamArn": PRIVATE_TEAM})["LabelingJobSummaryList"]
    everybody = checked(sagemaker, "ListLabelingJobs", {})["LabelingJobSummaryList"]

    assert [(job["LabelingJobName"], job["LabelCounters"]) for job in found] == [
        ("ours", {"HumanLabeled": 2, "PendingHuman": 8, "Total": 10})
    ]
    assert {job["WorkteamArn"] for job in everybody} == {PRIVATE_TEAM, PUBLIC_TEAM}


def test_an_account_has_one_workforce_in_a_region(client: Any) -> None:
    client.create_workforce(**workforce())
    text = (
        "Cannot create more than one workforce for account 123456789012. If you are trying to update existing workforce, "
        "please use UpdateWorkforce API"
    )

    assert refused(client.create_workforce, **workforce("others")) == ("ValidationException", text)
    assert refused(client.create_workforce, **workforce()) == ("ValidationException", text)


def test_a_workforce_becomes_active_and_never_tells_its_secret(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateWorkforce", {"WorkforceName": "staff", "OidcConfig": OIDC})
    sagemaker.clock.advance(10)

    found = checked(sagemaker, "DescribeWorkforce", {"WorkforceName": "staff"})["Workforce"]

    assert found["Status"] == "Active"
    assert found["OidcConfig"]["ClientId"] == "client"
    assert "secret" not in str(found)
    assert checked(sagemaker, "ListWorkforces", {})["Workforces"] == [found]


def test_a_workforce_with_a_team_is_not_deleted_and_without_it_is(sagemaker: Emulator, client: Any) -> None:
    client.create_workforce(**workforce())
    sagemaker.clock.advance(10)
    client.create_workteam(**workteam(WorkforceName="staff"))
    early = refused(client.delete_workforce, WorkforceName="staff")

    done = client.delete_workteam(WorkteamName="labelers")["Success"]
    client.delete_workforce(WorkforceName="staff")
    sagemaker.clock.advance(10)

    assert (early[0], done) == ("ResourceInUse", True)
    code, text = refused(client.describe_workforce, WorkforceName="staff")
    assert (code, text[:12]) == ("ValidationException", "No workforce")


def test_a_workforce_is_updated(sagemaker: Emulator, client: Any) -> None:
    client.create_workforce(**workforce())
    sagemaker.clock.advance(10)

    updating = checked(
        sagemaker, "UpdateWorkforce", {"WorkforceName": "staff", "SourceIpConfig": {"Cidrs": ["10.0.0.0/16"]}}
    )
    sagemaker.clock.advance(10)

    found = client.describe_workforce(WorkforceName="staff")["Workforce"]
    assert updating["Workforce"]["Status"] == "Updating"
    assert (found["Status"], found["SourceIpConfig"]) == ("Active", {"Cidrs": ["10.0.0.0/16"]})


def test_a_team_belongs_to_the_workforce_and_has_its_portal(sagemaker: Emulator, client: Any) -> None:
    arn = client.create_workforce(**workforce())["WorkforceArn"]
    client.create_workteam(**workteam())
    changed = checked(sagemaker, "UpdateWorkteam", {"WorkteamName": "labelers", "Description": "label more"})

    found = checked(sagemaker, "DescribeWorkteam", {"WorkteamName": "labelers"})["Workteam"]

    assert found["WorkteamArn"] == PRIVATE_TEAM
    assert found["WorkforceArn"] == arn
    assert found["SubDomain"].endswith(".labeling.us-east-1.sagemaker.aws")
    assert changed["Workteam"]["Description"] == found["Description"] == "label more"


def test_a_team_of_no_workforce_is_refused(client: Any) -> None:
    code, text = refused(client.create_workteam, **workteam(WorkforceName="nobody"))

    assert (code, text[:12]) == ("ValidationException", "No workforce")


def test_a_team_that_is_not_there_is_missing_in_aws_own_words(client: Any) -> None:
    code, text = refused(client.describe_workteam, WorkteamName="nope")

    assert (code, text[:13]) == ("ValidationException", "The work team")


def test_nobody_is_subscribed_to_a_vendor(sagemaker: Emulator, client: Any) -> None:
    assert checked(sagemaker, "ListSubscribedWorkteams", {}) == {"SubscribedWorkteams": []}
    assert refused(client.describe_subscribed_workteam, WorkteamArn=PUBLIC_TEAM)[0] == "ValidationException"
