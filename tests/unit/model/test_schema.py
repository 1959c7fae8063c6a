"""Shapes become schemas that check manifests and never refuse what AWS reports."""

from typing import Any

import pytest
from botocore.model import Shape, ShapeResolver

from sagemaker_operator.model.describe import sentence
from sagemaker_operator.model.schema import lenient, strict
from sagemaker_operator.model.service import input_shape, output_shape, service


def shape(name: str, **shapes: Any) -> Shape:
    return ShapeResolver(shapes).get_shape_by_name(name)


def test_nested_required_members_are_demanded() -> None:
    schema = strict(input_shape("CreateTrainingJob").members["InputDataConfig"])

    assert schema["items"]["required"] == ["channelName", "dataSource"]


def test_constraints_of_strings_numbers_and_lists_are_carried_over() -> None:
    members = input_shape("CreateTrainingJob").members

    role = strict(members["RoleArn"])
    assert role["pattern"].startswith("^(?:arn:aws")
    assert (role["minLength"], role["maxLength"]) == (20, 2048)
    assert strict(members["RetryStrategy"])["properties"]["maximumRetryAttempts"]["maximum"] == 30
    assert strict(members["InputDataConfig"])["maxItems"] == 20
    assert strict(members["HyperParameters"])["maxProperties"] == 100


def test_a_small_enumeration_is_kept() -> None:
    schema = strict(service().shape_for("S3DataType"))

    assert "S3Prefix" in schema["enum"]


def test_new_instance_types_are_not_refused() -> None:
    schema = strict(service().shape_for("TrainingInstanceType"))

    assert "enum" not in schema
    assert schema["pattern"] == r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$"


def test_a_large_enumeration_of_anything_else_is_only_bounded() -> None:
    schema = strict(service().shape_for("ClarifyTextLanguage"))

    assert set(schema) == {"type", "minLength", "maxLength"}


def test_lists_and_strings_without_a_bound_get_one() -> None:
    text = {"type": "string"}
    members = {"A": {"shape": "Text"}, "B": {"shape": "Texts"}, "C": {"shape": "Map"}}
    schema = strict(
        shape(
            "Thing",
            Thing={"type": "structure", "members": members},
            Text=text,
            Texts={"type": "list", "member": {"shape": "Text"}},
            Map={"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        )
    )

    assert schema["properties"]["a"]["maxLength"] == 2048
    assert schema["properties"]["b"]["maxItems"] == 100
    assert schema["properties"]["c"]["maxProperties"] == 100


def test_tags_merge_by_key_and_subnets_are_a_set() -> None:
    members = input_shape("CreateTrainingJob").members

    assert strict(members["Tags"])["x-kubernetes-list-map-keys"] == ["key"]
    assert strict(members["VpcConfig"])["properties"]["subnets"]["x-kubernetes-list-type"] == "set"


def test_an_ordered_list_is_atomic() -> None:
    algorithm = strict(input_shape("CreateTrainingJob").members["AlgorithmSpecification"])

    assert algorithm["properties"]["containerArguments"]["x-kubernetes-list-type"] == "atomic"


def test_a_union_takes_exactly_one_member() -> None:
    schema = strict(service().shape_for("AutoMLProblemTypeConfig"))

    assert (schema["minProperties"], schema["maxProperties"]) == (1, 1)


def test_a_map_whose_keys_are_enumerated_lists_them() -> None:
    schema = strict(service().shape_for("AutoMLInferenceContainerDefinitions"))

    assert set(schema["properties"]) == {"CPU", "GPU"}


def test_a_structure_that_contains_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="SearchExpression contains itself"):
        strict(service().shape_for("SearchExpression"))


def test_a_type_that_no_field_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="Raw is of type blob"):
        strict(shape("Raw", Raw={"type": "blob"}))


def constraints(schema: Any) -> set[str]:
    """The keywords of a schema and of all within it that could refuse a value of the right type."""
    found = set()
    if isinstance(schema, dict):
        words = {"required", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"}
        found = {key for key in schema if key in words | {"minProperties", "maxProperties"} and "type" in schema}
        for value in schema.values():
            found |= constraints(value)
    return found


@pytest.mark.parametrize("operation", ["DescribeTrainingJob", "DescribeEndpoint", "DescribeMonitoringSchedule"])
def test_what_aws_reports_is_never_refused(operation: str) -> None:
    for member in output_shape(operation).members.values():
        assert constraints(lenient(member)) == set()


def test_every_kind_of_the_model_has_a_schema() -> None:
    creates = [name for name in service().operation_names if name.startswith("Create")]

    for name in creates:
        for member in input_shape(name).members.values():
            strict(member)
    assert len(creates) > 60


@pytest.mark.parametrize(
    ("documentation", "said"),
    [
        ("<p>The name. It is unique.</p>", "The name."),
        ("<p>The <code>Tags</code> of it</p><p>More</p>", "The Tags of it."),
        ("<p>One of these:</p> <ul><li><p>A</p></li></ul>", "One of these."),
        ("<p>A key, e.g. <code>Team</code>, of a tag.</p>", "A key, e.g. Team, of a tag."),
        ("<p>A &amp; B</p>", "A & B."),
        ("<p>Version 1.2 of it. Next</p>", "Version 1.2 of it."),
        ("", ""),
    ],
)
def test_documentation_becomes_its_first_sentence(documentation: str, said: str) -> None:
    assert sentence(documentation) == said


def test_a_long_sentence_is_cut_between_words() -> None:
    said = sentence("<p>" + "word " * 60 + "</p>")

    assert len(said) <= 140
    assert said.endswith("word…")
