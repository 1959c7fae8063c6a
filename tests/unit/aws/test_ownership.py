"""Tags: whose a resource is, and how they follow the manifest."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_operator.engine.ownership import PREFIX, UID, difference, merge, owner, ownership
from sagemaker_operator.model.service import service

OURS = ownership(cluster="prod", namespace="team-a", name="digits", uid="1b9d")
TAGS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d", "aws:cloudformation:stack-name", *OURS]), st.text(max_size=2)
)


def test_tags_say_whose_a_resource_is() -> None:
    assert owner(OURS) == "team-a/digits (UID 1b9d) in cluster prod"


def test_tags_of_somebody_else_say_nothing() -> None:
    assert owner({"team": "a"}) is None


@given(text=st.text(max_size=400))
def test_aws_accepts_every_value(text: str) -> None:
    accepted = service().shape_for("TagValue").metadata

    value = ownership(cluster=text, namespace="n", name="x", uid="u")[f"{PREFIX}cluster"]

    assert len(value) <= accepted["max"]
    assert regex.fullmatch(accepted["pattern"], value)


@given(one=st.text(max_size=300), two=st.text(max_size=300))
def test_different_clusters_stay_different(one: str, two: str) -> None:
    owned = [ownership(cluster=name, namespace="n", name="x", uid="u") for name in (one, two)]

    assert (owned[0] == owned[1]) == (one == two)


def test_what_aws_accepts_is_left_as_it_is() -> None:
    name = "arn:aws:eks:eu-west-1:1:cluster/prod_1+x=y@z é"

    assert ownership(cluster=name, namespace="n", name="x", uid="u")[f"{PREFIX}cluster"] == name


def test_a_create_has_the_tags_of_the_manifest_and_ours() -> None:
    tags = merge([{"Key": "team", "Value": "a"}, {"Key": UID, "Value": "forged"}], {UID: "1b9d"})

    assert tags == [{"Key": "team", "Value": "a"}, {"Key": UID, "Value": "1b9d"}]


def test_a_tag_that_the_manifest_no_longer_has_is_removed() -> None:
    add, remove = difference({"a": "1", "b": "2", **OURS}, {"a": "9", **OURS}, {"a": "1", "b": "2"})

    assert (add, remove) == ({"a": "9"}, ["b"])


@given(have=TAGS, want=TAGS, before=TAGS)
def test_afterwards_a_resource_has_what_is_wanted_and_what_others_set(
    have: dict[str, str], want: dict[str, str], before: dict[str, str]
) -> None:
    add, remove = difference(have, want, before)
    after = {key: value for key, value in {**have, **add}.items() if key not in remove}

    assert want.items() <= after.items()
    assert {key: value for key, value in have.items() if key not in want and key not in before}.items() <= after.items()
    assert not any(key.startswith((PREFIX, "aws:")) for key in remove)
    assert difference(after, want, before) == ({}, [])
