"""Pipelines: definitions, versions, and when they may be deleted."""

from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, refused
from tests.emulator.pipelines_requests import TOKEN, definition, pipeline, start, step, train

from sagemaker_local.emulator import Emulator


def test_a_pipeline_is_described_as_it_was_created(client: Any) -> None:
    made = client.create_pipeline(**pipeline(train(), PipelineDescription="every night"))

    shown = client.describe_pipeline(PipelineName="nightly")

    assert made["PipelineArn"] == shown["PipelineArn"] == arn("pipeline/nightly")
    assert shown["PipelineDefinition"] == definition(train())
    assert (shown["PipelineStatus"], shown["PipelineDescription"]) == ("Active", "every night")
    assert client.describe_pipeline(PipelineName=made["PipelineArn"])["PipelineName"] == "nightly"


def test_the_same_token_creates_one_pipeline_and_another_token_is_a_duplicate(client: Any) -> None:
    assert client.create_pipeline(**pipeline())["PipelineArn"] == client.create_pipeline(**pipeline())["PipelineArn"]

    assert refused(client.create_pipeline, **pipeline(ClientRequestToken=TOKEN[::-1])) == (
        "ValidationException",
        "Pipeline names must be unique within an AWS account and region. Pipeline with name (nightly) already exists.",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "It is not JSON"),
        ("[]", "It is not a JSON object."),
        ('{"Version": "1", "Steps": []}', "Version must be 2020-12-01."),
        ('{"Version": "2020-12-01"}', "Steps must be a list."),
        (definition({"Name": "a"}), "Every step needs a Name and a Type."),
        (definition(step("a b")), "Step name 'a b' is not"),
        (definition(step("a"), step("a")), "Step a is defined twice."),
        (definition(step("a", depends=("b",))), "Step a refers to step b, which does not exist."),
        (definition(step("a", x={"Get": "Parameters.y"})), "Step a refers to parameter y, which does not exist."),
        (definition(step("a", depends=("b",)), step("b", depends=("a",))), "These steps wait for each other: a, b."),
        (definition(step("c", "Condition", IfSteps=[step("a"), step("c")])), "Step c is defined twice."),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(client: Any, text: str, said: str) -> None:
    code, message = refused(client.create_pipeline, **pipeline(PipelineDefinition=text))

    assert code == "ValidationException"
    assert said in message


def test_a_pipeline_needs_exactly_one_definition(client: Any) -> None:
    location = {"Bucket": "bucket", "ObjectKey": "pipeline.json"}
    none = {name: value for name, value in pipeline().items() if name != "PipelineDefinition"}

    assert "Either Pipeline Definition" in refused(client.create_pipeline, **none)[1]
    both = refused(client.create_pipeline, **pipeline(PipelineDefinitionS3Location=location))
    assert both[1].startswith("Both Pipeline Definition")


def test_a_definition_is_read_from_s3(sagemaker: Emulator, client: Any) -> None:
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="pipeline.json", Body=definition(step("only")).encode())
    request = {name: value for name, value in pipeline().items() if name != "PipelineDefinition"}

    client.create_pipeline(**request, PipelineDefinitionS3Location={"Bucket": "bucket", "ObjectKey": "pipeline.json"})

    assert client.describe_pipeline(PipelineName="nightly")["PipelineDefinition"] == definition(step("only"))
    code, message = refused(
        client.update_pipeline,
        PipelineName="nightly",
        PipelineDefinitionS3Location={"Bucket": "bucket", "ObjectKey": "missing.json"},
    )
    assert (code, message) == (
        "ValidationException",
        "Could not read the pipeline definition from s3://bucket/missing.json.",
    )


def test_every_update_makes_a_version_that_can_be_described_and_run(sagemaker: Emulator, client: Any) -> None:
    client.create_pipeline(**pipeline(step("old")))
    updated = client.update_pipeline(
        PipelineName="nightly", PipelineDefinition=definition(step("new")), PipelineVersionAliases=["blue"]
    )
    client.update_pipeline_version(
        PipelineArn=updated["PipelineArn"], PipelineVersionId=1, PipelineVersionDisplayName="first",
        PipelineVersionAliasOperations={"Add": ["blue", "green"]},
    )  # fmt: skip

    versions = client.list_pipeline_versions(PipelineName="nightly")["PipelineVersionSummaries"]
    first = client.describe_pipeline(PipelineName="nightly", PipelineVersionAlias="blue")

    assert [version["PipelineVersionId"] for version in versions] == [2, 1]
    assert updated["PipelineVersionId"] == 2
    assert (first["PipelineDefinition"], first["PipelineVersionDisplayName"]) == (definition(step("old")), "first")
    run = client.start_pipeline_execution(PipelineName="nightly", PipelineVersionId=1)["PipelineExecutionArn"]
    ran = client.describe_pipeline_definition_for_execution(PipelineExecutionArn=run)
    assert ran["PipelineDefinition"] == definition(step("old"))
    described = client.describe_pipeline_execution(PipelineExecutionArn=run)
    assert (described["PipelineVersionId"], described["PipelineVersionAliases"]) == (1, ["blue", "green"])


def test_missing_pipelines_and_versions_are_not_found(client: Any) -> None:
    text = f"Pipeline '{arn('pipeline/ghost')}' does not exist."
    for ask in (client.describe_pipeline, client.update_pipeline, client.list_pipeline_versions):
        assert refused(ask, PipelineName="ghost") == ("ResourceNotFound", text)
    assert refused(client.start_pipeline_execution, PipelineName="ghost") == ("ResourceNotFound", text)
    assert refused(client.delete_pipeline, PipelineName="ghost") == ("ResourceNotFound", text)
    client.create_pipeline(**pipeline())

    assert refused(client.describe_pipeline, PipelineName="nightly", PipelineVersionId=7)[0] == "ResourceNotFound"


def test_a_pipeline_is_deleted_with_its_executions_once_none_runs(sagemaker: Emulator, client: Any) -> None:
    execution = start(client, train())
    sagemaker.clock.advance(10)
    assert refused(client.delete_pipeline, PipelineName="nightly")[0] == "ConflictException"
    sagemaker.clock.advance(600)

    client.delete_pipeline(PipelineName="nightly", ClientRequestToken=TOKEN)

    assert client.describe_pipeline(PipelineName="nightly")["PipelineStatus"] == "Deleting"
    assert refused(client.start_pipeline_execution, PipelineName="nightly")[0] == "ConflictException"
    sagemaker.clock.advance(5)
    assert "does not exist" in refused(client.describe_pipeline, PipelineName="nightly")[1]
    assert "does not exist" in refused(client.describe_pipeline_execution, PipelineExecutionArn=execution)[1]


def test_pipelines_are_listed_by_prefix(client: Any) -> None:
    for name in ("nightly", "weekly", "night"):
        client.create_pipeline(**pipeline(name=name, ClientRequestToken=TOKEN + name, RoleArn=ROLE))

    listed = client.list_pipelines(PipelineNamePrefix="night", SortBy="Name", SortOrder="Ascending")

    assert [entry["PipelineName"] for entry in listed["PipelineSummaries"]] == ["night", "nightly"]
    assert client.list_pipelines(ManagedBy="AWS")["PipelineSummaries"] == []
