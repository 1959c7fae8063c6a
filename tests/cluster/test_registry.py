"""The model registry, feature groups, hubs, pipelines, experiments and lineage, as their examples have them."""

import pytest
from tests.builders import example, model
from tests.cluster.asked import asked
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves(
    "Model",
    "ModelCard",
    "ModelPackage",
    "ModelPackageGroup",
    "FeatureGroup",
    "Pipeline",
    "Experiment",
    "Trial",
    "TrialComponent",
)


def test_a_registered_model_is_deployed(user: User, operator: Operator, sagemaker: Emulator) -> None:
    here = {"name": "digits"}
    package = model("digits", primaryContainer={"modelPackageRef": here})

    user.apply(package, example("ModelPackage"), example("ModelPackageGroup"))
    user.wait_for_all("Ready")

    asked_for = asked(sagemaker, "CreateModel")[-1]["PrimaryContainer"]
    assert asked_for == {"ModelPackageName": user.status("modelpackage/digits")["arn"]}
    user.delete("model/digits", "modelpackage/digits", "modelpackagegroup/digits")


def test_an_approval_is_all_that_its_update_sends(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("ModelPackageGroup"), example("ModelPackage"))
    user.wait_for_all("Ready")
    arn = user.status("modelpackage/digits")["arn"]

    user.edit("modelpackage/digits", modelApprovalStatus="Rejected", approvalDescription="Worse, after all")
    user.wait_until_settled("modelpackage/digits")

    assert asked(sagemaker, "UpdateModelPackage")[-1] == {
        "ModelPackageArn": arn,
        "ModelApprovalStatus": "Rejected",
        "ApprovalDescription": "Worse, after all",
    }
    assert user.status("modelpackage/digits")["modelApprovalStatus"] == "Rejected"


def test_a_version_of_a_package_has_the_tags_of_its_group(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("ModelPackageGroup"), example("ModelPackage"))
    user.wait_for_all("Ready")
    arn = user.status("modelpackage/digits")["arn"]

    user.edit("modelpackage/digits", customerMetadataProperties={"commit": "77ab01e"})
    user.wait_until_settled("modelpackage/digits")
    tagged = [one["ResourceArn"] for one in (*asked(sagemaker, "AddTags"), *asked(sagemaker, "ListTags"))]

    assert arn not in tagged
    assert "Tags" not in asked(sagemaker, "CreateModelPackage")[0]


def test_a_definition_is_updated_when_it_says_something_else(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    pipeline = example("Pipeline")
    user.apply(pipeline)
    user.wait_for_all("Ready")
    definition = pipeline["spec"]["pipelineDefinition"]

    user.edit("pipeline/digits", pipelineDefinition=" ".join(definition.split()))
    user.wait_until_settled("pipeline/digits")
    same = asked(sagemaker, "UpdatePipeline")
    user.edit("pipeline/digits", pipelineDefinition=definition.replace("ml.m5.large", "ml.m5.xlarge"))
    user.wait_until_settled("pipeline/digits")

    assert same == []
    assert [sorted(one) for one in asked(sagemaker, "UpdatePipeline")] == [["PipelineDefinition", "PipelineName"]]


def test_content_and_status_of_a_card_go_one_after_the_other(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(example("ModelCard"))
    user.wait_for_all("Ready")

    user.edit("modelcard/digits", content="{}", modelCardStatus="PendingReview")
    eventually("both are there", lambda: user.status("modelcard/digits").get("modelCardStatus") == "PendingReview")

    assert [sorted(one) for one in asked(sagemaker, "UpdateModelCard")] == [
        ["Content", "ModelCardName"],
        ["ModelCardName", "ModelCardStatus"],
    ]


def test_only_new_features_are_added(user: User, operator: Operator, sagemaker: Emulator) -> None:
    group = example("FeatureGroup")
    user.apply(group)
    user.wait_for_all("Ready")
    width = {"featureName": "width", "featureType": "Fractional"}

    user.edit("featuregroup/digits", featureDefinitions=[width, *group["spec"]["featureDefinitions"]])
    user.wait_until_settled("featuregroup/digits")

    assert asked(sagemaker, "UpdateFeatureGroup") == [
        {
            "FeatureGroupName": "digits",
            "FeatureAdditions": [{"FeatureName": "width", "FeatureType": "Fractional"}],
        }
    ]


def test_an_online_store_cannot_be_switched_off_and_lives_as_long_as_the_manifest_says(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(example("FeatureGroup"))
    user.wait_for_all("Ready")

    refused = user.kubectl(
        "patch",
        "featuregroup/digits",
        "--type=merge",
        '--patch={"spec": {"onlineStoreConfig": {"enableOnlineStore": false}}}',
        check=False,
    )
    user.edit("featuregroup/digits", onlineStoreConfig={"ttlDuration": {"value": 60}})
    user.wait_until_settled("featuregroup/digits")

    assert "enableOnlineStore is immutable" in refused.stderr
    assert asked(sagemaker, "UpdateFeatureGroup") == [
        {"FeatureGroupName": "digits", "OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 60}}}
    ]


def test_a_parameter_that_a_manifest_drops_is_removed(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(example("TrialComponent", trialRefs=None))
    user.wait_for_all("Ready")

    user.edit("trialcomponent/digits", parameters={"test_size": None, "seed": {"numberValue": 7}})
    user.wait_until_settled("trialcomponent/digits")

    shown = sagemaker.client().describe_trial_component(TrialComponentName="digits")
    assert shown["Parameters"] == {"seed": {"NumberValue": 7.0}}


def test_a_component_belongs_to_the_trials_that_it_names(user: User, operator: Operator, sagemaker: Emulator) -> None:
    def trials() -> list[str]:
        found = sagemaker.client().list_trials(TrialComponentName="digits")["TrialSummaries"]
        return [trial["TrialName"] for trial in found]

    user.apply(example("Experiment"), example("Trial"), example("TrialComponent"))
    user.wait_for_all("Ready")

    eventually("it belongs to the trial", lambda: trials() == ["digits"])
    user.edit("trialcomponent/digits", trialRefs=None)

    eventually("it belongs to none", lambda: not trials())
