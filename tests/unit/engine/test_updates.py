"""What is sent to bring AWS in step, for members that Update takes in another form than Create."""

from datetime import UTC, datetime
from typing import Any

import pytest
from making import condition, facts, known, reply, resource

from sagemaker_operator.engine import announce, report
from sagemaker_operator.engine.compare import as_asked, reading, satisfied
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.resource import LOOK_NOW
from sagemaker_operator.engine.steps import Intend, Rest, Verb
from sagemaker_operator.engine.updates import needed, unseen_hash
from sagemaker_operator.engine.verdict import State, reconciling
from sagemaker_operator.kinds import KINDS


def update(kind: str, wanted: dict[str, Any], found: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    """The input of Update, None if none is needed."""
    made = needed(KINDS[kind], wanted, found, **more)
    return None if made is None else dict(made.request)


def test_settings_go_by_the_name_that_update_has_for_them() -> None:
    wanted = {
        "DomainSettings": {"SecurityGroupIds": ["sg-1"], "RStudioServerProDomainSettings": {"RStudioConnectUrl": "u"}}
    }

    sent = update("Domain", wanted, {})

    assert sent is not None
    assert sent["DomainSettingsForUpdate"]["SecurityGroupIds"] == ["sg-1"]
    assert "DomainSettings" not in sent


def test_only_new_features_are_added() -> None:
    one, two = ({"FeatureName": name, "FeatureType": "String"} for name in ("one", "two"))

    assert update("FeatureGroup", {"FeatureDefinitions": [one, two]}, {"FeatureDefinitions": [one]}) == {
        "FeatureAdditions": [two]
    }
    assert update("FeatureGroup", {"FeatureDefinitions": [one, two]}, {"FeatureDefinitions": [two, one]}) is None


def test_names_of_what_is_too_much_are_removed() -> None:
    wanted, found = {"Properties": {"a": "1", "b": "2"}}, {"Properties": {"a": "1", "old": "3"}}

    assert update("Action", wanted, found) == {"Properties": {"a": "1", "b": "2"}, "PropertiesToRemove": ["old"]}
    assert update("Action", wanted, {"Properties": {"b": "2", "a": "1"}}) is None


def test_what_a_manifest_gives_up_is_unset_only_if_it_was_the_manifest_that_set_it() -> None:
    found = {"NotebookInstanceLifecycleConfigName": "scripts"}

    assert update("NotebookInstance", {}, found) is None
    assert update("NotebookInstance", {}, found, given_up=frozenset({"LifecycleConfigName"})) == {
        "DisassociateLifecycleConfig": True
    }
    assert update("Image", {}, {"Description": "d"}, given_up=frozenset({"Description"})) == {
        "DeleteProperties": ["Description"]
    }


def test_members_that_update_does_not_know_are_left_out_at_any_depth() -> None:
    config = {"RepositoryUrl": "https://github.com/a/b", "Branch": "main", "SecretArn": "arn:…:new"}

    sent = update("CodeRepository", {"GitConfig": config}, {"GitConfig": {**config, "SecretArn": "arn:…:old"}})

    assert sent == {"GitConfig": {"SecretArn": "arn:…:new"}}


def test_documents_are_compared_by_what_they_say() -> None:
    wanted = {"PipelineDefinition": '{"Version": "1", "Steps": []}'}

    assert update("Pipeline", wanted, {"PipelineDefinition": '{"Steps":[],"Version":"1"}'}) is None
    assert update("Pipeline", wanted, {"PipelineDefinition": '{"Steps":[1],"Version":"1"}'}) is not None


def test_the_order_of_subnets_means_nothing_and_that_of_arguments_does() -> None:
    assert satisfied(["a", "b"], ["b", "a"], reading(KINDS["Domain"]), "SubnetIds")
    assert not satisfied(["a", "b"], ["b", "a"], reading(KINDS["Domain"]), "SomethingElse")


def test_a_secret_that_describe_never_shows_is_sent_again_when_it_changes() -> None:
    def config(secret: str) -> dict[str, Any]:
        return {"OidcConfig": {"ClientId": "id", "ClientSecret": secret}}

    shown, kind = {"OidcConfig": {"ClientId": "id"}}, KINDS["Workforce"]

    assert update("Workforce", config("one"), shown, unseen=unseen_hash(kind, config("one"))) is None
    assert update("Workforce", config("two"), shown, unseen=unseen_hash(kind, config("one"))) == config("two")


def test_how_an_endpoint_is_to_be_deployed_is_no_reason_to_deploy_it() -> None:
    kind = KINDS["Endpoint"]
    before, after = ({"EndpointConfigName": "one", "RetainDeploymentConfig": said} for said in (True, False))

    assert update("Endpoint", after, {"EndpointConfigName": "one"}, unseen=unseen_hash(kind, before)) is None


def test_what_describe_calls_otherwise_is_found() -> None:
    found = as_asked(KINDS["NotebookInstance"], {"NotebookInstanceLifecycleConfigName": "scripts"})

    assert found["LifecycleConfigName"] == "scripts"


def drifted(policy: str | None, *, generation: int = 1, **about_it: Any) -> Facts:
    """A domain that AWS has in other subnets than its manifest, which is unchanged at generation 1."""
    told = known("Domain", domainID="d-1", conditions=[condition("Ready")], tagKeys=[])
    spec = {} if policy is None else {"driftPolicy": policy}
    about = resource("Domain", spec=spec, status=told, generation=generation, **about_it)
    shown = reply("Domain", "InService", DomainId="d-1", SubnetIds=["subnet-9"])
    tags = facts("Domain").target.tags  # type: ignore[union-attr]
    return facts("Domain", about=about, observed=Present(shown), tags=tags)


@pytest.mark.parametrize("policy", [None, "Correct"])
def test_drift_is_corrected_and_told_meanwhile(policy: str | None) -> None:
    step = decide(drifted(policy))

    assert isinstance(step, Intend)
    assert step.verdict is not None
    assert set(step.verdict.drifted) == {"defaultUserSettings", "subnetIDs"}


def test_drift_is_only_told_where_the_policy_says_so() -> None:
    step = decide(drifted("Report"))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.state is State.READY
    assert "subnetIDs" in step.verdict.drifted


def test_a_request_to_look_now_does_not_correct_what_is_only_to_be_told() -> None:
    step = decide(drifted("Report", annotations={LOOK_NOW: "2026-01-03"}))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert "subnetIDs" in step.verdict.drifted


def test_drift_is_nothing_where_the_policy_says_so() -> None:
    step = decide(drifted("Ignore"))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.drifted == ()


@pytest.mark.parametrize("policy", ["Report", "Ignore"])
def test_a_changed_manifest_is_carried_out_whatever_is_done_about_drift(policy: str) -> None:
    assert isinstance(decide(drifted(policy, generation=2)), Intend)


def test_a_structure_that_a_manifest_gives_up_is_emptied() -> None:
    found = {"WorkforceVpcConfig": {"VpcId": "vpc-1"}, "SourceIpConfig": {"Cidrs": ["10.0.0.0/8"]}}

    sent = update("Workforce", {}, found, given_up=frozenset({"WorkforceVpcConfig", "SourceIpConfig"}))

    assert sent == {"WorkforceVpcConfig": {}, "SourceIpConfig": {"Cidrs": []}}


def test_groups_of_two_lists_are_taken_away_together() -> None:
    found = {"InstanceGroups": [{"InstanceGroupName": "a"}], "RestrictedInstanceGroups": [{"InstanceGroupName": "b"}]}
    wanted: dict[str, Any] = {"InstanceGroups": [], "RestrictedInstanceGroups": []}

    sent = update("Cluster", wanted, found)

    assert sent is not None
    assert sent["InstanceGroupsToDelete"] == ["a", "b"]


def test_drift_is_an_event_that_names_the_fields_once() -> None:
    drifted_status = {"conditions": [condition("Drifted", reason="Drifted", message="subnetIDs")]}

    (told,) = announce.drift({}, drifted_status)

    assert (told.type, told.reason, told.message) == ("Warning", "Drifted", "subnetIDs")
    assert announce.drift(drifted_status, drifted_status) == ()
    assert announce.drift(drifted_status, {}) == ()


def test_a_value_that_describe_does_not_show_is_sent_once() -> None:
    spec = {"oidcConfig": {"clientID": "id", "clientSecret": "two"}}
    told = known("Workforce", unseenHash="of-another", lastUpdate={"requestHash": "x"}, conditions=[condition("Ready")])
    about = resource("Workforce", generation=2, spec=spec, status=told)
    shown = Present(reply("Workforce", "Active", OidcConfig={"ClientId": "id"}))
    sent = facts(about=about, observed=shown, tags={}, done=(Verb.UPDATE,))
    assert sent.update is not None

    after = report.status(sent, reconciling("Updating", "It is on its way."), "2026-01-02T00:00:00Z")

    assert facts(about=resource("Workforce", generation=2, spec=spec, status=after), observed=shown).update is None


def test_what_changes_by_itself_is_no_reason_for_an_update() -> None:
    targets = [{"Name": "digits", "Destinations": [{"ResourceArn": "arn:one"}]}]
    shown = [{"Name": "digits", "Destinations": [{"ResourceArn": "arn:one", "RoutingStatus": "Unroutable"}]}]

    assert (
        update("InferenceRouter", {"RoutingTargets": targets}, {"RoutingTargets": shown}, unseen="of-another") is None
    )


def test_a_repeated_update_is_counted_for_a_kind_that_calls_the_time_of_its_change_otherwise() -> None:
    """A workforce has LastUpdatedDate where nearly all others have LastModifiedTime."""

    def intended(day: int, **told: Any) -> dict[str, Any]:
        about = resource(
            "Workforce", spec={"sourceIPConfig": {"cidrs": ["198.51.100.0/24"]}}, status=known("Workforce", **told)
        )
        shown = reply("Workforce", "Active", LastUpdatedDate=datetime(2026, 1, day, tzinfo=UTC))
        step = decide(facts(about=about, observed=Present(shown), tags=facts(about=about).target.tags))  # type: ignore[union-attr]
        assert isinstance(step, Intend)
        return dict(step.status)

    first = intended(1)
    second = intended(2, **first)

    assert (first["lastUpdate"]["repeats"], second["lastUpdate"]["repeats"]) == (0, 1)
