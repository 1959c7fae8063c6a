"""References and sources stand beside the value that they set, and exclude it."""

from dataclasses import replace
from typing import Any

import pytest

from sagemaker_operator.generate import crds
from sagemaker_operator.kinds import KINDS, Kind, Reference, Source
from sagemaker_operator.model.families import Family

MODEL = replace(KINDS["Model"], references=(), sources=(), images=(), exactly_one=())
ENDPOINT = replace(KINDS["Endpoint"], references=(), sources=())
NOTEBOOK = replace(MODEL, family=Family("NotebookInstance", identity="NotebookInstanceName"))


def rules(schema: dict[str, Any]) -> dict[str, str]:
    """The rules of a schema by their messages."""
    return {rule["message"]: rule["rule"] for rule in schema.get("x-kubernetes-validations", [])}


def test_a_plural_reference_is_a_list_of_names_bounded_as_the_list_that_it_sets() -> None:
    ref = Reference(
        "additionalCodeRepositoryRefs[]", "additionalCodeRepositories", "CodeRepository", "codeRepositoryName"
    )

    spec = crds.spec(replace(NOTEBOOK, references=(ref,)))

    field = spec["properties"]["additionalCodeRepositoryRefs"]
    assert (field["type"], field["x-kubernetes-list-type"]) == ("array", "atomic")
    assert field["maxItems"] == spec["properties"]["additionalCodeRepositories"]["maxItems"]
    assert field["items"]["required"] == ["name"]
    message = "at most one of additionalCodeRepositories and additionalCodeRepositoryRefs can be set"
    assert rules(spec)[message] == "!(has(self.additionalCodeRepositories) && has(self.additionalCodeRepositoryRefs))"


def test_one_of_a_required_value_and_its_stand_in_must_be_there() -> None:
    source = Source("endpointConfigNameFrom", "endpointConfigName")

    spec = crds.spec(replace(ENDPOINT, references=(), inline=None, scalable=None, sources=(source,)))

    assert "endpointConfigName" not in spec.get("required", [])
    message = "exactly one of endpointConfigName and endpointConfigNameFrom must be set"
    assert rules(spec)[message] == "has(self.endpointConfigName) != has(self.endpointConfigNameFrom)"


def test_several_stand_ins_for_one_value_exclude_each_other() -> None:
    ref = Reference("roleRef", "executionRoleARN", "Model", "arn")
    source = Source("roleFrom", "executionRoleARN")

    spec = crds.spec(replace(MODEL, references=(ref,), sources=(source,)))

    rule = rules(spec)["at most one of executionRoleARN, roleRef and roleFrom can be set"]
    assert (
        rule == "(has(self.executionRoleARN) ? 1 : 0) + (has(self.roleRef) ? 1 : 0) + (has(self.roleFrom) ? 1 : 0) <= 1"
    )


@pytest.mark.parametrize(
    ("source", "within", "required"),
    [
        (Source("executionRoleARNFrom", "executionRoleARN"), "configMapKeyRef", ["name", "key"]),
        (Source("executionRoleARNFrom", "executionRoleARN", secret=True), "secretKeyRef", ["name", "key"]),
        (Source("executionRoleARNFrom", "executionRoleARN", every=True), "configMapRef", ["name"]),
        (Source("executionRoleARNFrom", "executionRoleARN", every=True, secret=True), "secretRef", ["name"]),
    ],
)
def test_a_source_names_a_key_or_the_whole_of_what_its_row_allows(
    source: Source, within: str, required: list[str]
) -> None:
    field = crds.spec(replace(MODEL, sources=(source,)))["properties"]["executionRoleARNFrom"]

    assert list(field["properties"]) == field["required"] == [within]
    assert field["properties"][within]["required"] == required


def test_a_source_within_a_list_stands_in_the_structure_of_its_items() -> None:
    source = Source("containers[].environmentFrom", "environment", every=True)

    spec = crds.spec(replace(MODEL, sources=(source,)))

    container = spec["properties"]["containers"]["items"]
    assert "environmentFrom" in container["properties"]
    assert "at most one of environment and environmentFrom can be set" in rules(container)


def test_one_of_an_image_and_its_name_must_be_there_where_sagemaker_demands_it_and_both_cannot_change() -> None:
    spec = crds.spec(KINDS["ProcessingJob"])["properties"]["appSpecification"]

    assert spec["properties"]["builtIn"]["required"] == ["name"]
    assert "imageURI" not in spec.get("required", [])
    rule = rules(spec)["exactly one of imageURI and builtIn must be set"]
    assert rule == "has(self.imageURI) != has(self.builtIn)"
    assert rules(spec)["appSpecification is immutable"] == "self == oldSelf"


def test_the_status_has_room_for_several_images_where_a_manifest_can_name_several() -> None:
    one, several = ({*crds.status(KINDS[name])["properties"]} for name in ("TrainingJob", "Model"))

    assert ("resolvedImage" in one, "resolvedImages" in one) == (True, False)
    assert {"resolvedImage", "resolvedImages"} <= several


def test_a_stand_in_changes_as_the_value_that_it_sets() -> None:
    sources = (Source("endpointConfigNameFrom", "endpointConfigName"),)
    fixed = (Source("executionRoleARNFrom", "executionRoleARN"),)

    mutable = crds.spec(replace(ENDPOINT, sources=sources))["properties"]["endpointConfigNameFrom"]
    immutable = crds.spec(replace(MODEL, sources=fixed))["properties"]["executionRoleARNFrom"]

    assert not mutable["description"].endswith("Immutable.")
    assert immutable["description"].endswith("Immutable.")


@pytest.mark.parametrize(
    ("kind", "because"),
    [
        (replace(MODEL, sources=(Source("containers", "executionRoleARN"),)), "containers is a member of SageMaker's"),
        (
            replace(MODEL, sources=(Source("contentFrom", "content"),)),
            "set content, which their structure does not have",
        ),
        (replace(MODEL, sources=(Source("content.xFrom", "x"),)), "there is no field content"),
        (
            replace(MODEL, sources=(Source("suspend", "executionRoleARN"),)),
            "suspend is a member of SageMaker's, or stands",
        ),
        (replace(MODEL, sources=(Source("a", "executionRoleARN"),) * 2), "a stands twice in the row"),
    ],
)
def test_a_row_with_a_stand_in_that_cannot_be_is_refused(kind: Kind, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        crds.spec(kind)
