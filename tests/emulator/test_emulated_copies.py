"""What the emulator keeps of a request is a copy of its own, in which equal texts are one text in memory."""

import json
from typing import Any

from tests.emulator.asking import training_job

from sagemaker_local.emulator.copies import SHARED, lasting
from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.resource import Place

HERE = Place("123456789012", "us-east-1")


def texts(document: Any) -> list[str]:
    """Every name of a member and every text in a document."""
    if isinstance(document, dict):
        return [text for name, value in document.items() for text in (name, *texts(value))]
    if isinstance(document, list):
        return [text for item in document for text in texts(item)]
    return [document] if isinstance(document, str) else []


def test_a_copy_is_equal_and_shares_nothing_that_can_change() -> None:
    request = {"A": {"B": [{"C": "c", "D": 1, "E": 1.5, "F": True, "G": None}, []]}, "Script": "x" * (SHARED + 1)}
    before = json.dumps(request)

    copied = lasting(request)
    assert json.dumps(copied) == before
    copied["A"]["B"][0]["C"] = "changed"
    copied["A"]["B"][1].append(1)

    assert json.dumps(request) == before


def test_two_training_jobs_keep_what_both_say_once() -> None:
    core = Core(speed=1, virtual=True, latency=0, seed=0, check_s3=False)
    for name in ("one", "two"):
        core.service.call("CreateTrainingJob", json.loads(json.dumps(training_job(name))), HERE)

    one, two = (core.service.world.find(HERE, "TrainingJob", name) for name in ("one", "two"))

    assert one is not None
    assert two is not None
    kept = {text: id(text) for text in texts(one.spec)}
    twice = [text for text in texts(two.spec) if text in kept and kept[text] != id(text)]
    assert twice == []
