"""Notebooks, Studio and its images, as their examples have them."""

from tests.builders import example
from tests.cluster.asked import asked, calls
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

NOTEBOOK = ("NotebookInstanceLifecycleConfig", "CodeRepository", "NotebookInstance")


def test_a_notebook_is_stopped_updated_and_started_again(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(*(example(kind) for kind in NOTEBOOK))
    user.wait_for_all("Ready")

    user.edit("notebookinstance/digits", instanceType="ml.t3.large", lifecycleConfigRef=None)
    eventually("it was started again", lambda: "StartNotebookInstance" in calls(sagemaker, "Start"))
    user.wait("notebookinstance/digits", condition="Ready")

    name = user.status("notebookinstance/digits")["notebookInstanceName"]
    assert calls(sagemaker, "Stop", "Update", "Start") == [
        "StopNotebookInstance",
        "UpdateNotebookInstance",
        "StartNotebookInstance",
    ]
    assert asked(sagemaker, "UpdateNotebookInstance") == [
        {"NotebookInstanceName": name, "InstanceType": "ml.t3.large", "DisassociateLifecycleConfig": True}
    ]


def test_a_suspended_notebook_rests_until_it_is_wanted_again(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(*(example(kind) for kind in NOTEBOOK))
    user.wait_for_all("Ready")

    user.edit("notebookinstance/digits", suspend=True)
    eventually("it rests", lambda: user.status("notebookinstance/digits").get("notebookInstanceStatus") == "Stopped")
    user.edit("notebookinstance/digits", suspend=False)
    eventually("it runs", lambda: user.status("notebookinstance/digits").get("notebookInstanceStatus") == "InService")

    assert calls(sagemaker, "Stop", "Start") == ["StopNotebookInstance", "StartNotebookInstance"]


def test_an_alias_moves_from_one_version_to_the_next(user: User, operator: Operator, sagemaker: Emulator) -> None:
    first, second = example("ImageVersion"), example("ImageVersion")
    second = {**second, "metadata": {"name": "next"}, "spec": {**second["spec"], "aliases": ["candidate"]}}
    user.apply(example("Image"), first)
    user.wait_for_all("Ready")
    user.apply(second)
    user.wait_for_all("Ready")

    user.edit("imageversion/digits", aliases=["old"])
    user.edit("imageversion/next", aliases=["stable"])
    # Whichever comes first: SageMaker refuses the one as long as the other has its alias.
    user.wait_until_settled("imageversion/digits", "imageversion/next")

    name = user.status("imageversion/next")["imageName"]
    client = sagemaker.client()
    held = [client.list_aliases(ImageName=name, Version=n)["SageMakerImageVersionAliases"] for n in (1, 2)]
    client.close()
    assert held == [["old"], ["stable"]]
