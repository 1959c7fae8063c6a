"""Whose a SageMaker resource is: tags say so, names alone never do."""

import pytest
from tests.builders import ROOT, Manifest, model
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.generate.examples import example
from sagemaker_operator.kinds import KINDS

pytestmark = pytest.mark.serves("Domain", "Model")

ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"
OURS = "sagemaker-operator.dev/"


def make_elsewhere(sagemaker: Emulator, name: str, **tags: str) -> str:
    """Somebody makes a model without this operator; gives its ARN."""
    reply = sagemaker.client().create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"},
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return str(reply["ModelArn"])


def tags_of(sagemaker: Emulator, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in sagemaker.client().list_tags(ResourceArn=arn)["Tags"]}


def test_what_is_made_carries_the_name_of_its_object(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(model("digits", tags=[{"key": "team", "value": "vision"}]))
    user.wait("model/digits", condition="Ready")

    assert tags_of(sagemaker, user.status("model/digits")["arn"]) == {
        "team": "vision",
        f"{OURS}cluster": "kubernetes",
        f"{OURS}namespace": user.namespace,
        f"{OURS}name": "digits",
        f"{OURS}uid": user.get("model/digits")["metadata"]["uid"],
    }


def test_an_edit_of_the_tags_reaches_aws_and_spares_those_of_others(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(model("digits", tags=[{"key": "team", "value": "vision"}, {"key": "stage", "value": "test"}]))
    user.wait("model/digits", condition="Ready")
    arn = user.status("model/digits")["arn"]
    sagemaker.client().add_tags(ResourceArn=arn, Tags=[{"Key": "cost-centre", "Value": "7"}])

    user.edit("model/digits", tags=[{"key": "team", "value": "speech"}])

    user.wait("model/digits", condition="Ready")
    users = {key: value for key, value in tags_of(sagemaker, arn).items() if not key.startswith(OURS)}
    assert users == {"team": "speech", "cost-centre": "7"}


def test_a_name_that_is_taken_is_a_conflict_and_its_owner_keeps_it(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    arn = make_elsewhere(sagemaker, "digits")

    user.apply(model("digits", modelName="digits"))

    user.wait("model/digits", condition="Stalled")
    assert user.reason("model/digits", "Stalled") == "NameConflict"
    assert arn in user.condition("model/digits", "Stalled")["message"]
    user.delete("model/digits")
    assert sagemaker.resources("Model") == ["digits"]
    assert tags_of(sagemaker, arn) == {}


@pytest.mark.parametrize(
    ("policy", "uid", "adopted"),
    [("IfUnowned", None, True), ("IfUnowned", "another", False), ("Always", "another", True)],
)
def test_adoption_needs_to_be_allowed(
    user: User, operator: Operator, sagemaker: Emulator, *, policy: str, uid: str | None, adopted: bool
) -> None:
    arn = make_elsewhere(sagemaker, "digits", **({f"{OURS}uid": uid} if uid else {}))

    user.apply(model("digits", modelName="digits", adoptionPolicy=policy))

    user.wait("model/digits", condition="Ready" if adopted else "Stalled")
    ours = user.get("model/digits")["metadata"]["uid"]
    assert tags_of(sagemaker, arn).get(f"{OURS}uid") == (ours if adopted else uid)


def test_two_objects_cannot_have_the_same_resource(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(model("first", modelName="digits"))
    user.wait("model/first", condition="Ready")

    user.apply(model("second", modelName="digits"))

    user.wait("model/second", condition="Stalled")
    assert f"{user.namespace}/first" in user.condition("model/second", "Stalled")["message"]
    user.delete("model/second")
    assert sagemaker.resources("Model") == ["digits"]


def test_an_object_with_the_name_of_a_deleted_one_runs_anew(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(model("digits"))
    user.wait("model/digits", condition="Ready")
    before = user.status("model/digits")["modelName"]

    user.delete("model/digits")
    user.apply(model("digits"))

    user.wait("model/digits", condition="Ready")
    assert user.status("model/digits")["modelName"] != before
    eventually("only the new one", lambda: sagemaker.resources("Model") == [user.status("model/digits")["modelName"]])


def domain(**spec: str) -> Manifest:
    """A Domain, whose id SageMaker chooses, and whose name need not be unique."""
    manifest = example(ROOT, KINDS["Domain"])
    return {**manifest, "spec": {**manifest["spec"], "domainName": "digits", **spec}}


def domain_elsewhere(sagemaker: Emulator, uid: str) -> str:
    """Another object has a domain of that name; gives its ARN."""
    reply = sagemaker.client().create_domain(
        DomainName="digits",
        AuthMode="IAM",
        VpcId="vpc-0a1b2c3d4e5f60718",
        SubnetIds=["subnet-0a1b2c3d4e5f60718"],
        DefaultUserSettings={"ExecutionRole": ROLE},
        Tags=[{"Key": f"{OURS}uid", "Value": uid}],
    )
    return str(reply["DomainArn"])


def test_a_resource_that_is_found_by_its_name_stays_its_owners(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    arn = domain_elsewhere(sagemaker, "another")

    user.apply(domain(adoptionPolicy="IfUnowned"))

    user.wait("domain/digits", condition="Stalled")
    assert user.reason("domain/digits", "Stalled") == "NameConflict"
    user.delete("domain/digits")
    assert tags_of(sagemaker, arn) == {f"{OURS}uid": "another"}
    assert sagemaker.journal.count("DeleteDomain") == 0


def test_a_resource_whose_id_was_lost_is_found_by_its_tags(user: User, operator: Operator, sagemaker: Emulator) -> None:
    other = domain_elsewhere(sagemaker, "another")
    sagemaker.faults.lose_reply("CreateDomain", times=1)

    user.apply(domain())

    user.wait("domain/digits", condition="Ready")
    assert user.status("domain/digits")["arn"] != other
    assert sagemaker.journal.committed("CreateDomain") == 2
    user.delete("domain/digits")
    assert tags_of(sagemaker, other)
