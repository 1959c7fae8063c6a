"""Which fields of a spec can change, which exclude each other, and how the operator is told to treat an object."""

from dataclasses import replace
from typing import Any

import pytest

from sagemaker_operator.generate import crds
from sagemaker_operator.kinds import KINDS, Kind, Lifecycle, Reference
from sagemaker_operator.model.families import Family

MODEL = replace(KINDS["Model"], references=(), images=(), exactly_one=(), at_most_one=())
ENDPOINT = replace(KINDS["Endpoint"], references=())
SCHEDULE = KINDS["MonitoringSchedule"]
EXPERIMENT = replace(MODEL, family=Family("InferenceExperiment", identity="Name", status="Status"))


def rules(schema: dict[str, Any]) -> dict[str, str]:
    """The rules of a schema by their messages."""
    return {rule["message"]: rule["rule"] for rule in schema.get("x-kubernetes-validations", [])}


def test_a_field_within_a_mutable_one_can_be_immutable() -> None:
    spec = crds.spec(replace(ENDPOINT, fixed=frozenset({"DeploymentConfig.AutoRollbackConfiguration"})))

    outer = spec["properties"]["deploymentConfig"]
    inner = outer["properties"]["autoRollbackConfiguration"]
    assert inner["description"].endswith(" Immutable.")
    assert rules(inner)["autoRollbackConfiguration is immutable"] == "self == oldSelf"
    came_or_went = "has(self.autoRollbackConfiguration) == has(oldSelf.autoRollbackConfiguration)"
    assert rules(outer)["autoRollbackConfiguration is immutable"] == came_or_went
    assert not outer["description"].endswith(" Immutable.")


def test_a_required_field_within_a_mutable_one_needs_no_rule_about_coming_and_going() -> None:
    spec = crds.spec(replace(EXPERIMENT, fixed=frozenset({"ShadowModeConfig.SourceModelVariantName"})))

    outer = spec["properties"]["shadowModeConfig"]
    assert "sourceModelVariantName is immutable" in rules(outer["properties"]["sourceModelVariantName"])
    assert "sourceModelVariantName is immutable" not in rules(outer)


def test_what_stands_in_for_an_immutable_field_is_immutable_too() -> None:
    reference = Reference("deploymentConfig.rollbackRef", "autoRollbackConfiguration", "Model", "arn")
    fixed = frozenset({"DeploymentConfig.AutoRollbackConfiguration"})

    spec = crds.spec(replace(ENDPOINT, references=(reference,), fixed=fixed))

    (rule,) = (
        r for r in spec["properties"]["deploymentConfig"]["x-kubernetes-validations"] if "messageExpression" in r
    )
    assert '"rollbackRef is immutable"' in rule["messageExpression"]


@pytest.mark.parametrize(
    ("kind", "because"),
    [
        (replace(MODEL, fixed=frozenset({"VpcConfig.Subnets"})), "VpcConfig.Subnets need not be fixed"),
        (replace(ENDPOINT, fixed=frozenset({"DeploymentConfig.Nothing"})), "there is no field nothing"),
        (
            replace(ENDPOINT, fixed=frozenset({"DeploymentConfig.AutoRollbackConfiguration.Alarms.AlarmName"})),
            "have no key",
        ),
        (replace(MODEL, exactly_one=(("Containers", "Nothing"),)), "nothing is no field that may be left out"),
        (replace(MODEL, at_most_one=(("Containers", "Nothing"),)), "nothing is no field that may be left out"),
        (replace(MODEL, at_most_one=(("Containers", "VpcConfig.Subnets"),)), "are of different structures"),
        (
            replace(MODEL, exactly_one=(("VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"),)),
            "subnets is no field that may",
        ),
        (replace(MODEL, unordered=frozenset({"Containers"})), "Containers is no list of plain values"),
        (replace(MODEL, unordered=frozenset({"VpcConfig.Nothing"})), "there is no field nothing"),
    ],
)
def test_a_row_that_asks_for_the_impossible_is_refused(kind: Kind, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        crds.spec(kind)


def test_exactly_one_of_some_members_is_demanded() -> None:
    spec = crds.spec(replace(MODEL, exactly_one=(("PrimaryContainer", "Containers"),)))

    message = "exactly one of primaryContainer and containers must be set"
    assert rules(spec)[message] == "has(self.primaryContainer) != has(self.containers)"


def test_at_most_one_of_several_members_is_allowed() -> None:
    spec = crds.spec(replace(MODEL, at_most_one=(("PrimaryContainer", "Containers", "VpcConfig"),)))

    rule = rules(spec)["at most one of primaryContainer, containers and vpcConfig can be set"]
    assert (
        rule
        == "(has(self.primaryContainer) ? 1 : 0) + (has(self.containers) ? 1 : 0) + (has(self.vpcConfig) ? 1 : 0) <= 1"
    )


def test_a_reference_counts_as_the_member_that_it_sets() -> None:
    reference = Reference("containersRef", "containers", "Model", "arn")

    spec = crds.spec(
        replace(MODEL, references=(reference,), exactly_one=(("Containers", "PrimaryContainer"),)),
    )

    message = "exactly one of containers (or containersRef) and primaryContainer must be set"
    assert rules(spec)[message] == "(has(self.containers) || has(self.containersRef)) != has(self.primaryContainer)"


def test_members_within_a_structure_exclude_each_other_too() -> None:
    spec = crds.spec(KINDS["ModelBiasJobDefinition"])

    message = "exactly one of endpointInput and batchTransformInput must be set"
    found = rules(spec["properties"]["modelBiasJobInput"])
    assert found[message] == "has(self.endpointInput) != has(self.batchTransformInput)"


def test_lists_whose_order_means_nothing_are_sets() -> None:
    spec = crds.spec(replace(MODEL, unordered=frozenset({"VpcConfig.SecurityGroupIds"})))

    assert spec["properties"]["vpcConfig"]["properties"]["securityGroupIDs"]["x-kubernetes-list-type"] == "set"


def test_all_can_be_suspended_jobs_are_run_by_a_policy_and_others_told_what_to_do_about_drift() -> None:
    for kind in KINDS.values():
        properties = crds.spec(kind)["properties"]
        job = kind.lifecycle is Lifecycle.JOB
        assert "suspend" in properties
        assert ("driftPolicy" in properties, "runPolicy" in properties) == (not job, job), kind.name


def test_suspend_says_what_it_does_for_a_kind() -> None:
    schedule, model = crds.spec(SCHEDULE)["properties"]["suspend"], crds.spec(MODEL)["properties"]["suspend"]

    assert "one that is there is stopped" in schedule["description"]
    assert "SageMaker cannot stop it" in model["description"]


def test_control_fields_can_change_at_any_time_save_the_region() -> None:
    properties = crds.spec(MODEL)["properties"]

    ours = ("deletionPolicy", "adoptionPolicy", "driftPolicy", "suspend")
    assert not any("Immutable." in properties[name]["description"] for name in ours)
    assert properties["region"]["description"].endswith(" Immutable.")


def test_a_token_is_never_demanded_and_described_as_made_up() -> None:
    pipeline = replace(MODEL, family=Family("Pipeline", identity="PipelineName"))

    spec = crds.spec(pipeline)

    assert "clientRequestToken" not in spec["required"]
    assert "made up by the operator" in spec["properties"]["clientRequestToken"]["description"]


def test_a_control_field_never_hides_a_member_of_sagemaker() -> None:
    with pytest.raises(ValueError, match="Model: suspend would hide members"):
        crds._apart(MODEL, {"suspend": {"type": "boolean"}, "region": {}}, {"suspend": {"type": "string"}})


def test_a_closed_service_says_so_in_its_definition() -> None:
    closed = "Closed to new customers since 2026-07-30."

    version = crds.crd(replace(MODEL, closed=closed))["spec"]["versions"][0]

    assert version["schema"]["openAPIV3Schema"]["description"].endswith(closed)
