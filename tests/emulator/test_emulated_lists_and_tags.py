"""Lists, pages and tags of the emulated SageMaker, through boto3."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.emulator.asking import arn, model, refused, training_job

from sagemaker_local.emulator import Emulator


@pytest.fixture
def twelve(sagemaker: Emulator, client: Any) -> list[datetime]:
    """Jobs job-00 … job-11, one per minute; the times at which they were made."""
    for number in range(12):
        client.create_training_job(**training_job(f"job-{number:02}"))
        sagemaker.clock.advance(60)
    jobs = [client.describe_training_job(TrainingJobName=f"job-{number:02}") for number in range(12)]
    return [job["CreationTime"] for job in jobs]


def names(client: Any, **asked: Any) -> list[str]:
    return [row["TrainingJobName"] for row in client.list_training_jobs(**asked)["TrainingJobSummaries"]]


def test_a_page_has_ten_rows_unless_told_otherwise(twelve: None, client: Any) -> None:
    first = client.list_training_jobs()
    rest = client.list_training_jobs(NextToken=first["NextToken"])

    assert len(first["TrainingJobSummaries"]) == 10
    assert len(rest["TrainingJobSummaries"]) == 2
    assert "NextToken" not in rest
    assert refused(client.list_training_jobs, MaxResults=101)[0] == "ValidationException"


def test_pages_follow_each_other_without_gaps(twelve: None, client: Any) -> None:
    pages = client.get_paginator("list_training_jobs").paginate(PaginationConfig={"PageSize": 5})

    seen = [row["TrainingJobName"] for page in pages for row in page["TrainingJobSummaries"]]

    assert seen == [f"job-{number:02}" for number in range(12)]


def test_a_token_is_opaque_and_belongs_to_its_question(twelve: None, client: Any) -> None:
    token = client.list_training_jobs(MaxResults=5)["NextToken"]

    assert refused(client.list_training_jobs, NextToken="5")[0] == "ValidationException"
    assert refused(client.list_training_jobs, NextToken=token, NameContains="job")[0] == "ValidationException"
    assert names(client, NextToken=token, MaxResults=2) == ["job-05", "job-06"]


def test_the_status_filter_is_applied_after_the_page_is_cut(sagemaker: Emulator, twelve: None, client: Any) -> None:
    page = client.list_training_jobs(StatusEquals="InProgress", MaxResults=5)

    assert page["TrainingJobSummaries"] == []
    assert page["NextToken"]


def test_names_and_times_filter(twelve: list[datetime], client: Any) -> None:
    assert names(client, NameContains="B-1") == ["job-10", "job-11"]
    assert names(client, CreationTimeAfter=twelve[9]) == ["job-10", "job-11"]
    assert names(client, CreationTimeBefore=twelve[1]) == ["job-00"]
    assert names(client, LastModifiedTimeAfter=twelve[11] + timedelta(days=1)) == []


def test_sorting_is_as_documented(sagemaker: Emulator, twelve: None, client: Any) -> None:
    assert names(client, SortOrder="Descending", MaxResults=1) == ["job-11"]
    assert names(client, SortBy="Name", SortOrder="Descending", MaxResults=1) == ["job-11"]
    assert names(client, SortBy="Status", MaxResults=1) == ["job-00"]  # Completed comes before InProgress
    client.create_model(**model("older"))
    sagemaker.clock.advance(1)
    client.create_model(**model("newer"))
    assert [row["ModelName"] for row in client.list_models()["Models"]] == ["newer", "older"]


def test_rows_have_exactly_the_members_of_a_summary(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(344)

    row = client.list_training_jobs()["TrainingJobSummaries"][0]

    assert set(row) == {
        "TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingEndTime", "LastModifiedTime", "TrainingJobStatus",
        "SecondaryStatus",
    }  # fmt: skip


def test_tags_come_with_a_resource_and_are_not_shown_by_describe(client: Any) -> None:
    client.create_training_job(**training_job(Tags=[{"Key": "team", "Value": "vision"}]))

    assert "Tags" not in client.describe_training_job(TrainingJobName="digits")
    assert client.list_tags(ResourceArn=arn("training-job/digits"))["Tags"] == [{"Key": "team", "Value": "vision"}]


def test_tags_are_added_replaced_and_removed(client: Any) -> None:
    client.create_model(**model(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]))
    resource = arn("model/digits")

    added = client.add_tags(ResourceArn=resource, Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}])
    client.delete_tags(ResourceArn=resource, TagKeys=["b", "never-there"])

    assert added["Tags"] == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "1"}, {"Key": "c", "Value": "3"}]
    assert client.list_tags(ResourceArn=resource)["Tags"] == [{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}]


def test_a_resource_has_at_most_fifty_tags_and_none_of_aws(client: Any) -> None:
    client.create_model(**model(Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)]))
    resource = arn("model/digits")

    over = refused(client.add_tags, ResourceArn=resource, Tags=[{"Key": "more", "Value": ""}])
    reserved = refused(client.add_tags, ResourceArn=resource, Tags=[{"Key": "aws:mine", "Value": ""}])

    assert over[0] == "ResourceLimitExceeded"
    assert reserved[0] == "ValidationException"
    assert (
        refused(client.create_model, **model("other", Tags=[{"Key": "AWS:x", "Value": ""}]))[0] == "ValidationException"
    )


def test_tags_of_what_does_not_exist_cannot_be_read(sagemaker: Emulator, client: Any) -> None:
    client.create_model(**model())
    stranger = sagemaker.client(account="222222222222")

    assert refused(client.list_tags, ResourceArn=arn("model/other"))[0] == "ValidationException"
    assert refused(stranger.list_tags, ResourceArn=arn("model/digits"))[0] == "ValidationException"
    stranger.close()


def test_all_fifty_tags_fit_on_a_page(client: Any) -> None:
    client.create_model(**model(Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)]))

    page = client.list_tags(ResourceArn=arn("model/digits"))

    assert len(page["Tags"]) == 50
    assert "NextToken" not in page
