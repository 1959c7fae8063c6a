"""Whole stacks, each one file: applied in any order they become ready, and one delete takes them down."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest
import yaml
from tests.builders import ROOT, Manifest, as_file
from tests.cluster.operating import Operator
from tests.cluster.user import QUICKLY, User

from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import KINDS, Lifecycle

STACKS = sorted((ROOT / "examples" / "stacks").glob("*.yaml"))


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_a_stack_comes_up_in_any_order_and_goes_down_in_one_go(
    user: User, operator: Operator, sagemaker: Emulator, stack: Path
) -> None:
    manifests = shuffled(stack)
    asked = Counter(manifest["kind"] for manifest in manifests if manifest["kind"] in KINDS)

    user.kubectl("apply", *QUICKLY, "--filename=-", stdin=as_file(*manifests))
    user.wait_for_all("Ready")

    created = {kind: sagemaker.journal.count(KINDS[kind].family.create) for kind in asked}
    assert created == asked, "nothing was asked for before what it needs was there"

    user.kubectl("delete", "--filename=-", "--timeout=60s", stdin=as_file(*manifests))

    assert user.objects() == []
    # The jobs that a pipeline's steps began are nobody's to delete, and some records stay in SageMaker for ever.
    due = [name for name, kind in KINDS.items() if name in asked or kind.lifecycle is not Lifecycle.JOB]
    left = {name: remaining(sagemaker, name) for name in due if KINDS[name].family.delete}
    assert {name: names for name, names in left.items() if names} == {}


def remaining(sagemaker: Emulator, kind: str) -> list[str]:
    """What SageMaker still has of a kind; apps that were deleted are told about for another day."""
    if kind != "App":
        return sagemaker.resources(kind)
    return [app["AppName"] for app in sagemaker.client().list_apps()["Apps"] if app["Status"] != "Deleted"]


def shuffled(stack: Path) -> list[Manifest]:
    """The objects of a file in an order that differs from run to run."""
    seed = int(os.environ.get("STACK_SEED") or random.randrange(10**6))
    print(f"STACK_SEED={seed} repeats this order")
    manifests: list[Manifest] = list(yaml.safe_load_all(stack.read_text(encoding="utf-8")))
    random.Random(seed).shuffle(manifests)
    return manifests
