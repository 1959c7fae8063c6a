"""The conventions that every CRD keeps, read from the files that users apply."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import re2
import yaml

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.composites.table import ALL_KINDS, COMPOSITES
from sagemaker_operator.generate.rules import identifier
from sagemaker_operator.kinds import GROUP, KINDS, VERSION, AnyKind, Kind
from sagemaker_operator.model.names import field

CRDS = Path(__file__).parents[2] / "crds"
QUIET = re2.Options()
QUIET.log_errors = False

# kubectl apply keeps the whole object in an annotation of at most 262,144 bytes.
LARGEST = 200_000
FORBIDDEN = {"$ref", "uniqueItems", "patternProperties", "readOnly", "definitions", "dependencies", "deprecated", "id"}


def definition(kind: AnyKind) -> dict[str, Any]:
    return _definition(kind.plural)


@cache
def _definition(plural: str) -> dict[str, Any]:
    # The loader in C is ten times as fast, and there are many definitions.
    text = (CRDS / f"{plural}.yaml").read_text()
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def part(kind: AnyKind, name: str) -> dict[str, Any]:
    schema = definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    found: dict[str, Any] = schema["properties"][name]
    return found


def schemas(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all within it, by path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from schemas(inner, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if name in schema:
            yield from schemas(schema[name], f"{path}[]")


of_each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
of_all_kinds = pytest.mark.parametrize("kind", ALL_KINDS.values(), ids=lambda kind: kind.name)


def test_there_is_one_file_for_each_kind_and_the_kustomization_lists_them() -> None:
    listed = yaml.safe_load((CRDS / "kustomization.yaml").read_text())["resources"]

    assert sorted(listed) == sorted(path.name for path in CRDS.glob("*.yaml") if path.name != "kustomization.yaml")
    assert sorted(listed) == sorted(f"{kind.plural}.yaml" for kind in ALL_KINDS.values())


@of_all_kinds
def test_it_is_named_as_users_type_it(kind: Kind | Composite) -> None:
    found = definition(kind)

    assert found["metadata"]["name"] == f"{kind.plural}.{GROUP}"
    names = found["spec"]["names"]
    assert (names["kind"], names["singular"], names["shortNames"]) == (kind.name, kind.name.lower(), [kind.short])
    assert names["categories"] == ["sagemaker"]
    assert [version["name"] for version in found["spec"]["versions"]] == [VERSION]


def test_no_two_kinds_share_a_short_name() -> None:
    shorts = [*(kind.short for kind in KINDS.values()), *(row.short for row in COMPOSITES.values())]

    assert len(set(shorts)) == len(shorts)


@of_all_kinds
def test_it_fits_into_what_kubectl_apply_can_remember(kind: AnyKind) -> None:
    assert len(json.dumps(definition(kind), separators=(",", ":"))) < LARGEST


@of_all_kinds
def test_it_holds_nothing_that_the_api_server_adds_or_refuses(kind: AnyKind) -> None:
    found = definition(kind)

    assert set(found) == {"apiVersion", "kind", "metadata", "spec"}
    assert "preserveUnknownFields" not in found["spec"]
    assert found["spec"]["versions"][0]["subresources"] == {"status": {}}
    for path, schema in (*schemas(part(kind, "spec"), "spec"), *schemas(part(kind, "status"), "status")):
        assert not FORBIDDEN & set(schema), path
        assert not {"properties", "additionalProperties"} <= set(schema), path


@of_all_kinds
def test_every_field_at_the_top_is_described(kind: AnyKind) -> None:
    for name in ("spec", "status"):
        for own, schema in part(kind, name)["properties"].items():
            assert schema.get("description"), f"{name}.{own}"


@of_all_kinds
def test_descriptions_are_short_and_plain(kind: AnyKind) -> None:
    for name in ("spec", "status"):
        for path, schema in schemas(part(kind, name), name):
            description = schema.get("description", "")
            assert len(description) <= 240, path
            assert not {"<", ">", "\n"} & set(description), path


@of_all_kinds
def test_every_string_list_and_map_of_a_spec_is_bounded(kind: AnyKind) -> None:
    for path, schema in schemas(part(kind, "spec"), "spec"):
        match schema["type"]:
            case "string":
                assert {"maxLength", "enum", "format"} & set(schema), path
            case "array":
                assert "maxItems" in schema, path
            case "object":
                assert {"properties", "maxProperties"} & set(schema), path


@of_all_kinds
def test_every_list_of_a_spec_says_how_it_merges(kind: AnyKind) -> None:
    for path, schema in schemas(part(kind, "spec"), "spec"):
        if schema["type"] != "array":
            continue
        how = schema["x-kubernetes-list-type"]
        assert how in ("map", "set", "atomic"), path
        if how == "map":
            assert set(schema["x-kubernetes-list-map-keys"]) <= set(schema["items"]["required"]), path


@of_each_kind
def test_nothing_inside_a_list_has_a_default(kind: Kind) -> None:
    defaulted = {
        path for name in ("spec", "status") for path, schema in schemas(part(kind, name), name) if "default" in schema
    }

    # What is to follow from violations is one object, which nobody merges with another.
    assert {path for path in defaulted if not path.startswith("spec.onViolation.")} == {"status"}


@of_all_kinds
def test_every_pattern_is_one_that_the_api_server_can_read(kind: AnyKind) -> None:
    for path, schema in schemas(part(kind, "spec"), "spec"):
        if "pattern" in schema:
            re2.compile(schema["pattern"], QUIET)
            assert schema["pattern"].startswith("^"), path
            assert schema["pattern"].endswith("$"), path


@of_each_kind
def test_nothing_that_aws_reports_can_be_refused(kind: Kind) -> None:
    ours = {"status.conditions"}
    for path, schema in schemas(part(kind, "status"), "status"):
        if not any(path.startswith(prefix) for prefix in ours):
            limits = {
                "required",
                "enum",
                "pattern",
                "minLength",
                "maxLength",
                "minItems",
                "maxItems",
                "minimum",
                "maximum",
            }
            assert not limits & set(schema), path


@of_all_kinds
def test_a_status_begins_with_a_generation_that_nobody_observed(kind: AnyKind) -> None:
    assert part(kind, "status")["default"] == {"observedGeneration": -1}


@of_each_kind
def test_the_name_in_sagemaker_is_optional(kind: Kind) -> None:
    spec = part(kind, "spec")

    assert kind.identity_field in spec["properties"]
    assert kind.identity_field not in spec.get("required", [])


@of_each_kind
def test_a_field_is_immutable_exactly_if_its_description_says_so(kind: Kind) -> None:
    for path, schema in schemas(part(kind, "spec"), "spec"):
        name = path.removesuffix("[]").rsplit(".", 1)[-1]
        rules = {rule["rule"]: rule["message"] for rule in schema.get("x-kubernetes-validations", [])}
        says_so = schema.get("description", "").endswith(" Immutable.")
        assert (rules.get("self == oldSelf") == f"{name} is immutable") == says_so, path


@of_each_kind
def test_an_immutable_field_can_neither_come_nor_go(kind: Kind) -> None:
    for path, outer in schemas(part(kind, "spec"), "spec"):
        immutable = {
            name
            for name, schema in outer.get("properties", {}).items()
            if schema.get("description", "").endswith(" Immutable.") and name not in outer.get("required", [])
        }
        rules = " ".join(rule["rule"] for rule in outer.get("x-kubernetes-validations", []))
        compared = {name for name in outer.get("properties", {}) if f"has(oldSelf.{identifier(name)})" in rules}
        # Of the run policy one part, whoever runs the job, can neither come nor go: tests/cluster/test_run_policy.py.
        # What SageMaker changes of a job has rules of its own: tests/cluster/test_job_details.py.
        # What SageMaker runs can be handed over to the operator, and not back: tests/cluster/test_monitoring.py.
        handed_over = {"engine", "monitoringScheduleConfig"} if kind.left_to_us is not None else set()
        assert compared - {"runPolicy", *map(field, kind.live), *handed_over} == immutable, path


@of_each_kind
def test_the_first_immutable_field_that_came_or_went_is_named(kind: Kind) -> None:
    (rule,) = (r for r in part(kind, "spec")["x-kubernetes-validations"] if "messageExpression" in r)

    compared = re.findall(r"has\(oldSelf\.(\w+)\)", rule["rule"])
    assert compared
    assert all(f'has(oldSelf.{name}) ? "{name.strip("_")}' in rule["messageExpression"] for name in compared)


def test_what_update_takes_is_mutable_and_nothing_else() -> None:
    mutable = {
        kind.name: sorted(
            name
            for name, schema in part(kind, "spec")["properties"].items()
            if not schema["description"].endswith(" Immutable.")
        )
        for kind in KINDS.values()
    }

    live = ["profilerConfig", "profilerRuleConfigurations", "remoteDebugConfig", "resourceConfig"]
    assert mutable["TrainingJob"] == sorted([*mutable["ProcessingJob"], *live])
    assert mutable["ProcessingJob"] == ["adoptionPolicy", "deletionPolicy", "runPolicy", "suspend", "tags"]
    always = ["adoptionPolicy", "deletionPolicy", "driftPolicy", "suspend", "tags"]
    assert mutable["Model"] == always
    schedule = set(part(KINDS["MonitoringSchedule"], "spec")["properties"])
    assert set(mutable["MonitoringSchedule"]) == schedule - {"monitoringScheduleName", "region"}
    assert mutable["Endpoint"] == sorted(
        [
            *always,
            *("deploymentConfig", "endpointConfigName", "endpointConfigRef", "excludeRetainedVariantProperties"),
            *("retainAllVariantProperties", "retainDeploymentConfig"),
            # What an EndpointConfig holds, described in place, and how it is rolled out.
            *("asyncInferenceConfig", "crossRegionTrafficConfig", "dataCaptureConfig", "enableNetworkIsolation"),
            *("executionRoleARN", "explainerConfig", "kmsKeyID", "metricsConfig", "productionVariants"),
            *("shadowProductionVariants", "vpcConfig"),
            *("canary", "recreateOnFailure", "revisionHistoryLimit", "rollbackTo", "stopped"),
        ]
    )


@of_all_kinds
def test_every_column_shows_a_field_that_exists(kind: AnyKind) -> None:
    version = definition(kind)["spec"]["versions"][0]
    known = {path for name in ("spec", "status") for path, _ in schemas(part(kind, name), f".{name}")}

    for column in (*version["additionalPrinterColumns"], *version.get("selectableFields", ())):
        path = column["jsonPath"]
        assert path in known or path.startswith((".status.conditions[?", ".metadata.")), path


@of_each_kind
def test_columns_come_in_the_order_state_ready_reason_age(kind: Kind) -> None:
    narrow, wide = columns(kind)

    if kind.run is not None:
        assert narrow[: 2 if kind.secondary else 1] == ["Phase", "Secondary"][: 2 if kind.secondary else 1]
        assert narrow[-2:] == ["Started", "Age"]
        assert wide[-3:] == ["Reason", "Message", "ARN"]
        return
    if kind.inline is not None:
        assert narrow == ["Ready", "Phase", "Traffic", "Instances", "Age"]
        assert wide == ["Config", "URL", "Endpoint-Name", "Reason", "Message", "ARN"]
        return
    if kind.told_beside:
        assert narrow == ["State", "Last-Run", "Violations", "Next", "Age"]
        assert wide[:2] == ["Ready", "Reason"]
        return
    state = ["State"] if kind.family.status else []
    assert narrow[: len(state) + 2] == [*state, "Ready", "Reason"]
    assert narrow[-1] == "Age"
    assert wide[-2:] == ["Message", "ARN"]


def test_a_training_job_is_shown_with_its_phase_and_start_and_if_asked_with_its_costs() -> None:
    assert columns(KINDS["TrainingJob"]) == (
        ["Phase", "Secondary", "Started", "Age"],
        ["Job-Name", "Instance", "Billable", "Reason", "Message", "ARN"],
    )


def test_a_schedule_is_shown_as_cron_jobs_are() -> None:
    assert columns(COMPOSITES["CronTrainingJob"]) == (
        ["Schedule", "Timezone", "Suspend", "Active", "Last-Schedule", "Next", "Age"],
        ["Ready", "Last-Success", "Message"],
    )


def test_a_template_can_be_edited_and_takes_what_its_kind_takes_but_the_name() -> None:
    template = part(COMPOSITES["CronTrainingJob"], "spec")["properties"]["jobTemplate"]["properties"]["spec"]
    own = part(KINDS["TrainingJob"], "spec")

    assert template["properties"].keys() == own["properties"].keys()
    assert template["required"] == own["required"]
    for path, schema in schemas(template, "template"):
        assert "mmutable" not in schema.get("description", ""), path
        assert not [rule for rule in schema.get("x-kubernetes-validations", ()) if "oldSelf" in rule["rule"]], path
    assert "!has(self.trainingJobName)" in {rule["rule"] for rule in template["x-kubernetes-validations"]}


def columns(kind: AnyKind) -> tuple[list[str], list[str]]:
    """The names of the columns of a kind: those that are always shown, and the wide ones."""
    shown = definition(kind)["spec"]["versions"][0]["additionalPrinterColumns"]
    narrow = [column["name"] for column in shown if not column.get("priority")]
    return narrow, [column["name"] for column in shown if column.get("priority")]
