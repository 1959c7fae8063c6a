"""In which order lists come, held against the documentation in botocore's copy of the service model."""

import re
from typing import Any

import botocore.session
import pytest
from botocore.model import StringShape, StructureShape
from tests.emulator.asking import ROLE
from tests.emulator.making_requests import automl_job

from sagemaker_local.emulator import Emulator, model
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.families import FAMILIES
from sagemaker_local.emulator.family import Family

WITH_PROSE = botocore.session.get_session().get_service_model("sagemaker")
# What every resource has, and the owner of a hub, which is always the account that asks.
EVERYWHERE = {"Name", "Status", "CreationTime", "CreatedAt", "CreateDate", "LastModifiedTime", "AccountIdOwner"}


def documented(operation: str, member: str) -> str:
    """The default that the documentation of a list's SortBy or SortOrder names; nothing if it names none."""
    shape = WITH_PROSE.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    text = shape.members[member].documentation
    found = re.search(r"default(?: value)? is (?:<code>)?(\w+)", text)
    return found[1].replace("_", "").lower().replace("createdtime", "creationtime") if found else ""


def sorted_lists() -> list[Any]:
    rows = {bound.list_operation: bound.family for bound in map(Bound, FAMILIES) if bound.list_operation}
    return [
        pytest.param(operation, family, id=operation)
        for operation, family in rows.items()
        if "SortBy" in model.input_members(operation).members
    ]


@pytest.mark.parametrize(("operation", "family"), sorted_lists())
def test_a_list_is_sorted_as_its_documentation_says(operation: str, family: Family) -> None:
    by, order = documented(operation, "SortBy"), documented(operation, "SortOrder")

    assert by in ("", family.sorted_by.lower())
    assert order in ("", "descending" if family.descending else "ascending")


@pytest.mark.parametrize(("operation", "family"), sorted_lists())
def test_a_list_can_be_sorted_by_all_that_its_documentation_names(operation: str, family: Family) -> None:
    """Names of members that no answer has would leave the list in the order of creation, without a word."""
    bound = Bound(family)
    known = {*bound.described, *bound.summaries[1], *EVERYWHERE}
    shape = model.input_members(operation).members["SortBy"]
    assert isinstance(shape, StringShape)

    named = {"".join(w.title() for w in by.split("_")) if by.isupper() else by for by in shape.enum}

    assert named <= known


def test_automl_jobs_go_by_name_and_backwards(sagemaker: Emulator, client: Any) -> None:
    for name in ("b", "c", "a"):
        client.create_auto_ml_job(**automl_job(name))
        sagemaker.clock.advance(1)

    def listed(**asked: Any) -> list[str]:
        return [row["AutoMLJobName"] for row in client.list_auto_ml_jobs(**asked)["AutoMLJobSummaries"]]

    assert listed() == ["c", "b", "a"]
    assert listed(SortOrder="Ascending") == ["a", "b", "c"]
    assert listed(SortBy="CreationTime") == ["a", "c", "b"]


def test_repositories_go_by_name(client: Any) -> None:
    for name in ("b", "c", "a"):
        client.create_code_repository(CodeRepositoryName=name, GitConfig={"RepositoryUrl": "https://example.com/r"})

    found = client.list_code_repositories()["CodeRepositorySummaryList"]

    assert [row["CodeRepositoryName"] for row in found] == ["a", "b", "c"]


def test_versions_of_an_image_go_by_number_and_not_by_digit(sagemaker: Emulator, client: Any) -> None:
    client.create_image(ImageName="tools", RoleArn=ROLE)
    sagemaker.clock.advance(60)
    for number in range(11):
        client.create_image_version(ImageName="tools", BaseImage="python:3", ClientToken=f"token-{number:02}")
        sagemaker.clock.advance(60)

    found = client.list_image_versions(ImageName="tools", SortBy="VERSION", SortOrder="ASCENDING", MaxResults=20)

    assert [row["Version"] for row in found["ImageVersions"]] == list(range(1, 12))
