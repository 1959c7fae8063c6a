"""Specs become requests, and replies become status, without losing or inventing anything."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.model import DenormalizedStructureBuilder, ListShape, MapShape, Shape, ShapeResolver, StructureShape
from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_operator.kinds import KINDS
from sagemaker_operator.model.convert import from_reply, to_request
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape, output_shape

CREATE_TRAINING_JOB = input_shape("CreateTrainingJob").members
DESCRIBE_TRAINING_JOB = output_shape("DescribeTrainingJob").members

SCALARS = {
    "string": st.text(max_size=5),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "timestamp": st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware below
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    ),
}
MEMBERS = st.sampled_from(
    ("RoleArn", "S3Uri", "Type", "VolumeKmsKeyId", "InstanceCount", "Values", "EnableIotRoleAlias")
)


def models(depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Denormalised shape models of bounded depth."""
    scalars = st.sampled_from([{"type": name} for name in SCALARS])
    if depth == 0:
        return scalars
    inner = models(depth - 1)
    return st.one_of(
        scalars,
        inner.map(lambda member: {"type": "list", "member": member}),
        inner.map(lambda value: {"type": "map", "key": {"type": "string"}, "value": value}),
        st.dictionaries(MEMBERS, inner, min_size=1, max_size=4).map(
            lambda found: {"type": "structure", "members": found}
        ),
    )


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape as botocore takes and gives them."""
    if isinstance(shape, StructureShape):
        return st.fixed_dictionaries({}, optional={name: values(member) for name, member in shape.members.items()})
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member), max_size=3)
    if isinstance(shape, MapShape):
        return st.dictionaries(st.text(max_size=5), values(shape.value), max_size=3)
    return SCALARS[shape.type_name]


@st.composite
def members_and_values(draw: st.DrawFn) -> tuple[dict[str, Shape], dict[str, Any]]:
    members = draw(st.dictionaries(MEMBERS, models(), min_size=1, max_size=4))
    shape = DenormalizedStructureBuilder().with_members(members).build_model()
    return shape.members, draw(values(shape))


@given(members_and_values())
@settings(deadline=None)
def test_what_aws_says_comes_back_from_a_custom_resource_unchanged(
    made: tuple[dict[str, Shape], dict[str, Any]],
) -> None:
    members, said = made

    written = json.loads(json.dumps(from_reply(members, said)))

    assert to_request(members, written) == said


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_any_value_of_any_kind_survives_the_way_there_and_back(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    members = KINDS[kind].family.spec_members
    name = data.draw(st.sampled_from(sorted(members)))
    said = {name: data.draw(values(members[name]))}

    written = json.loads(json.dumps(from_reply(members, said)))

    assert to_request(members, written) == said


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_two_members_of_a_kind_share_a_field(kind: Any) -> None:
    for members in (kind.family.spec_members, kind.shown):
        assert len({field(name) for name in members}) == len(members)


def test_fields_are_spelled_as_members() -> None:
    spec = {"roleARN": "arn", "outputDataConfig": {"s3OutputPath": "s3://b", "kmsKeyID": "key"}}

    assert to_request(CREATE_TRAINING_JOB, spec) == {
        "RoleArn": "arn",
        "OutputDataConfig": {"S3OutputPath": "s3://b", "KmsKeyId": "key"},
    }


def test_the_keys_of_maps_are_left_alone() -> None:
    spec = {"hyperParameters": {"roleARN": "1", "max_depth": "4"}}

    assert to_request(CREATE_TRAINING_JOB, spec) == {"HyperParameters": {"roleARN": "1", "max_depth": "4"}}


def test_control_fields_and_references_are_not_sent() -> None:
    members = input_shape("CreateEndpointConfig").members
    spec = {"deletionPolicy": "Retain", "productionVariants": [{"variantName": "a", "modelRef": {"name": "m"}}]}

    assert to_request(members, spec) == {"ProductionVariants": [{"VariantName": "a"}]}


def test_null_fields_are_not_sent() -> None:
    assert to_request(CREATE_TRAINING_JOB, {"roleARN": None, "tags": [None], "environment": {"A": None}}) == {
        "Tags": [],
        "Environment": {},
    }


def test_a_value_of_the_wrong_type_is_left_for_the_one_who_checks() -> None:
    spec = {"inputDataConfig": "train", "resourceConfig": 3, "environment": ["a"]}

    assert to_request(CREATE_TRAINING_JOB, spec) == {
        "InputDataConfig": "train",
        "ResourceConfig": 3,
        "Environment": ["a"],
    }


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC), "2026-11-21T09:00:00Z"),
        (datetime(2026, 11, 21, 9, 0, 0, 250_000, tzinfo=UTC), "2026-11-21T09:00:00.250Z"),
        (datetime(2026, 11, 21, 9, 0, 0, 999, tzinfo=UTC), "2026-11-21T09:00:00Z"),
        (datetime(2026, 11, 21, 10, 0, 0, tzinfo=timezone(timedelta(hours=1))), "2026-11-21T09:00:00Z"),
        (datetime(2026, 11, 21, 9, 0, 0), "2026-11-21T09:00:00Z"),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_times_are_written_in_utc(moment: datetime, written: str) -> None:
    assert from_reply(DESCRIBE_TRAINING_JOB, {"CreationTime": moment}) == {"creationTime": written}


@pytest.mark.parametrize("text", ["2026-11-21T09:00:00Z", "2026-11-21T10:00:00+01:00"])
def test_times_are_read_with_their_offset(text: str) -> None:
    members = input_shape("CreateTrialComponent").members

    assert to_request(members, {"startTime": text}) == {"StartTime": datetime(2026, 11, 21, 9, tzinfo=UTC)}


def test_a_time_that_is_none_is_left_for_the_one_who_checks() -> None:
    members = input_shape("CreateTrialComponent").members

    assert to_request(members, {"startTime": "yesterday"}) == {"StartTime": "yesterday"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_metric_that_json_cannot_hold_does_not_spoil_the_status(number: float) -> None:
    reply = {"FinalMetricDataList": [{"MetricName": "loss", "Value": number}]}

    assert from_reply(DESCRIBE_TRAINING_JOB, reply) == {"finalMetricDataList": [{"metricName": "loss"}]}


def test_what_is_not_asked_for_is_not_written() -> None:
    reply = {"TrainingJobStatus": "Completed", "FailureReason": None, "ResponseMetadata": {"RequestId": "x"}}

    assert from_reply(DESCRIBE_TRAINING_JOB, reply) == {"trainingJobStatus": "Completed"}


def test_a_structure_that_contains_itself_is_converted_to_any_depth() -> None:
    shapes: Any = {
        "Tree": {"type": "structure", "members": {"LeafArn": {"shape": "Text"}, "Branches": {"shape": "Trees"}}},
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
        "Text": {"type": "string"},
    }
    shape: Any = ShapeResolver(shapes).get_shape_by_name("Tree")
    members = shape.members
    tree = {"branches": [{"branches": [{"leafARN": "a"}]}]}

    assert to_request(members, tree) == {"Branches": [{"Branches": [{"LeafArn": "a"}]}]}
