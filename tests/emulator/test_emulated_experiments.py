"""Experiments with their trials and components, lineage and its questions, and Search."""

from typing import Any

import pytest
from tests.emulator.asking import refused, serving_endpoint, training_job

from sagemaker_local.emulator import Emulator


@pytest.fixture
def trial(client: Any) -> Any:
    client.create_experiment(ExperimentName="digits")
    client.create_trial(TrialName="first", ExperimentName="digits")
    return client


def names(summaries: list[dict[str, Any]], member: str) -> list[str]:
    return [summary[member] for summary in summaries]


def artifact(client: Any, uri: str, kind: str = "DataSet", **members: Any) -> str:
    made = client.create_artifact(Source={"SourceUri": uri}, ArtifactType=kind, **members)
    return str(made["ArtifactArn"])


def context(client: Any, name: str = "release") -> str:
    made = client.create_context(ContextName=name, Source={"SourceUri": f"uri:{name}"}, ContextType="Release")
    return str(made["ContextArn"])


def test_a_trial_needs_its_experiment(client: Any) -> None:
    code, text = refused(client.create_trial, TrialName="first", ExperimentName="digits")

    assert code == "ResourceNotFound"
    assert "experiment/digits' does not exist" in text


def test_a_name_is_taken_once_in_the_sdks_words(trial: Any) -> None:
    code, text = refused(trial.create_experiment, ExperimentName="digits")

    assert code == "ValidationException"
    assert "already exists" in text


def test_what_has_children_cannot_be_deleted(trial: Any) -> None:
    trial.create_trial_component(TrialComponentName="run")
    trial.associate_trial_component(TrialComponentName="run", TrialName="first")

    assert refused(trial.delete_experiment, ExperimentName="digits")[0] == "ConflictException"
    assert refused(trial.delete_trial, TrialName="first")[0] == "ConflictException"
    assert refused(trial.delete_trial_component, TrialComponentName="run")[0] == "ConflictException"

    trial.disassociate_trial_component(TrialComponentName="run", TrialName="first")
    trial.delete_trial_component(TrialComponentName="run")
    trial.delete_trial(TrialName="first")
    trial.delete_experiment(ExperimentName="digits")
    assert trial.list_experiments()["ExperimentSummaries"] == []


def test_lists_follow_from_component_to_trial_to_experiment(trial: Any) -> None:
    trial.create_trial(TrialName="second", ExperimentName="digits")
    trial.create_trial_component(TrialComponentName="run")
    trial.create_trial_component(TrialComponentName="stray")
    trial.associate_trial_component(TrialComponentName="run", TrialName="first")

    of_trial = trial.list_trial_components(TrialName="first")["TrialComponentSummaries"]
    of_experiment = trial.list_trial_components(ExperimentName="digits")["TrialComponentSummaries"]
    trials = trial.list_trials(TrialComponentName="run")["TrialSummaries"]

    assert names(of_trial, "TrialComponentName") == names(of_experiment, "TrialComponentName") == ["run"]
    assert names(trials, "TrialName") == ["first"]
    assert names(trial.list_trials(ExperimentName="digits", SortBy="Name", SortOrder="Ascending")["TrialSummaries"],
                 "TrialName") == ["first", "second"]  # fmt: skip


def test_an_update_of_a_component_merges_and_removes(client: Any) -> None:
    client.create_trial_component(
        TrialComponentName="run", Parameters={"a": {"NumberValue": 1.0}, "b": {"StringValue": "x"}}
    )

    client.update_trial_component(
        TrialComponentName="run", Parameters={"c": {"NumberValue": 2.5}}, ParametersToRemove=["a"], DisplayName="Run"
    )

    seen = client.describe_trial_component(TrialComponentName="run")
    assert (seen["Parameters"], seen["DisplayName"]) == ({"b": {"StringValue": "x"}, "c": {"NumberValue": 2.5}}, "Run")


def test_a_job_that_names_a_trial_reports_there(sagemaker: Emulator, trial: Any) -> None:
    config = {"ExperimentName": "digits", "TrialName": "first", "TrialComponentDisplayName": "Training"}
    trial.create_training_job(**training_job(HyperParameters={"eta": "0.1"}, ExperimentConfig=config))
    sagemaker.clock.advance(1000)

    seen = trial.describe_trial_component(TrialComponentName="digits-aws-training-job")

    assert seen["Status"]["PrimaryStatus"] == "Completed"
    assert seen["Source"]["SourceType"] == "SageMakerTrainingJob"
    assert seen["Parameters"] == {"eta": {"StringValue": "0.1"}}
    assert seen["DisplayName"] == "Training"
    assert names(trial.list_trials(TrialComponentName="digits-aws-training-job")["TrialSummaries"], "TrialName") == [
        "first"
    ]


def test_lineage_is_followed_up_and_down(client: Any) -> None:
    data, model = artifact(client, "s3://bucket/data"), artifact(client, "s3://bucket/model", "Model")
    release = context(client)
    client.add_association(SourceArn=data, DestinationArn=model, AssociationType="ContributedTo")
    client.add_association(SourceArn=model, DestinationArn=release)

    def reached(direction: str, start: str, **more: Any) -> set[str]:
        found = client.query_lineage(StartArns=[start], Direction=direction, **more)
        return {vertex["Arn"] for vertex in found["Vertices"]}

    assert reached("Descendants", data) == {model, release}
    assert reached("Descendants", data, MaxDepth=1) == {model}
    assert reached("Ascendants", release) == {data, model}
    assert reached("Ascendants", data) == set()
    assert reached("Both", model) == {data, release}
    assert reached("Descendants", data, Filters={"LineageTypes": ["Context"]}) == {release}
    edges = client.query_lineage(StartArns=[data], Direction="Descendants")["Edges"]
    assert {"SourceArn": data, "DestinationArn": model, "AssociationType": "ContributedTo"} in edges


def test_associations_are_listed_and_deleted(client: Any) -> None:
    data, model = (
        artifact(client, "s3://bucket/data", ArtifactName="data"),
        artifact(client, "s3://bucket/model", "Model"),
    )
    client.add_association(SourceArn=data, DestinationArn=model, AssociationType="Produced")

    [edge] = client.list_associations(SourceArn=data)["AssociationSummaries"]
    assert (edge["SourceType"], edge["DestinationType"], edge["SourceName"]) == ("DataSet", "Model", "data")
    assert client.list_associations(DestinationType="DataSet")["AssociationSummaries"] == []

    client.delete_association(SourceArn=data, DestinationArn=model)
    assert client.list_associations()["AssociationSummaries"] == []
    assert refused(client.delete_association, SourceArn=data, DestinationArn=model)[0] == "ResourceNotFound"


def test_two_experiment_entities_cannot_be_associated(trial: Any) -> None:
    ends = {
        "SourceArn": trial.describe_experiment(ExperimentName="digits")["ExperimentArn"],
        "DestinationArn": trial.describe_trial(TrialName="first")["TrialArn"],
    }

    assert refused(trial.add_association, **ends)[0] == "ValidationException"


def test_an_artifact_is_deleted_by_its_source(client: Any) -> None:
    arn = artifact(client, "s3://bucket/data", Properties={"a": "1"})
    client.update_artifact(ArtifactArn=arn, Properties={"b": "2"}, PropertiesToRemove=["a"])
    assert client.describe_artifact(ArtifactArn=arn)["Properties"] == {"b": "2"}
    assert len(client.list_artifacts(SourceUri="s3://bucket/data")["ArtifactSummaries"]) == 1

    client.delete_artifact(Source={"SourceUri": "s3://bucket/data"})

    assert refused(client.describe_artifact, ArtifactArn=arn)[0] == "ResourceNotFound"
    assert refused(client.delete_artifact)[0] == "ValidationException"


def test_every_account_has_its_lineage_group(client: Any) -> None:
    [group] = client.list_lineage_groups()["LineageGroupSummaries"]

    assert (
        client.describe_lineage_group(LineageGroupName=group["LineageGroupName"])["LineageGroupArn"]
        == group["LineageGroupArn"]
    )
    assert refused(client.describe_lineage_group, LineageGroupName="mine")[0] == "ResourceNotFound"


def found(client: Any, *filters: dict[str, str], resource: str = "TrainingJob", **more: Any) -> list[str]:
    expression = {**({"Filters": list(filters)} if filters else {}), **more}
    answer = client.search(Resource=resource, **({"SearchExpression": expression} if expression else {}))
    return sorted(next(iter(result.values()))[f"{resource}Name"] for result in answer["Results"])


def where(name: str, operator: str, value: str = "") -> dict[str, str]:
    return {"Name": name, "Operator": operator, **({"Value": value} if value else {})}


def test_search_compares_members_tags_and_numbers(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job("small", HyperParameters={"eta": "0.1", "depth": "3"}))
    client.create_training_job(
        **training_job("large", HyperParameters={"eta": "0.3"}, Tags=[{"Key": "team", "Value": "vision"}])
    )
    client.stop_training_job(TrainingJobName="small")

    assert found(client) == ["large", "small"]
    assert found(client, where("TrainingJobStatus", "Equals", "Stopping")) == ["small"]
    assert found(client, where("HyperParameters.eta", "GreaterThan", "0.2")) == ["large"]
    assert found(client, where("HyperParameters.depth", "NotExists")) == ["large"]
    assert found(client, where("TrainingJobName", "Contains", "arg")) == ["large"]
    assert found(client, where("TrainingJobName", "In", "small,other")) == ["small"]
    assert found(client, where("TrainingJobName", "NotEquals", "small")) == ["large"]
    assert found(client, where("CreationTime", "LessThan", "2020-01-01T00:00:00Z")) == []
    nested = [{"NestedPropertyName": "Tags", "Filters": [where("Tags.Key", "Equals", "team")]}]
    assert found(client, NestedFilters=nested) == ["large"]
    either = [where("TrainingJobName", "Equals", "small"), where("TrainingJobName", "Equals", "large")]
    assert found(client, *either) == []
    assert found(client, *either, Operator="Or") == ["large", "small"]


def test_search_pages_and_counts(client: Any) -> None:
    for number in range(12):
        client.create_training_job(**training_job(f"job-{number:02}"))

    first = client.search(Resource="TrainingJob", SortBy="TrainingJobName", SortOrder="Ascending")
    second = client.search(
        Resource="TrainingJob", SortBy="TrainingJobName", SortOrder="Ascending", NextToken=first["NextToken"]
    )

    assert first["TotalHits"]["Value"] == 12
    assert [r["TrainingJob"]["TrainingJobName"] for r in second["Results"]] == ["job-10", "job-11"]


def test_search_finds_components_by_their_experiment(trial: Any) -> None:
    trial.create_trial_component(TrialComponentName="run")
    trial.associate_trial_component(TrialComponentName="run", TrialName="first")

    expression = {"Filters": [where("Parents.ExperimentName", "Equals", "digits")]}
    [result] = trial.search(Resource="ExperimentTrialComponent", SearchExpression=expression)["Results"]

    assert result["TrialComponent"]["Parents"] == [{"TrialName": "first", "ExperimentName": "digits"}]


def test_search_finds_endpoints(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)

    assert found(client, where("EndpointStatus", "Equals", "InService"), resource="Endpoint") == ["digits"]


def test_properties_are_suggested(client: Any) -> None:
    client.create_training_job(**training_job(HyperParameters={"eta": "0.1"}))
    hint = {"PropertyNameQuery": {"PropertyNameHint": "eta"}}

    suggested = client.get_search_suggestions(Resource="TrainingJob", SuggestionQuery=hint)["PropertyNameSuggestions"]

    assert {"PropertyName": "HyperParameters.eta"} in suggested
