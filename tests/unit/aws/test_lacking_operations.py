"""Operations that a region does not have are found out once, and asked for again only after a while."""

import logging

import pytest

from sagemaker_operator.aws.lacks import Lacks
from sagemaker_operator.aws.limits import Key
from sagemaker_operator.errors import Lacking

HERE, THERE = Key("us-west-1", "DeleteTrainingJob"), Key("us-east-1", "DeleteTrainingJob")
ANSWER = Lacking("UnknownOperationException", "The requested operation is not supported.", "DeleteTrainingJob")


def test_what_one_region_lacks_another_may_have() -> None:
    lacks = Lacks()
    lacks.learn(HERE, ANSWER)

    assert isinstance(lacks.known(HERE), Lacking)
    assert lacks.known(THERE) is None


def test_an_operation_may_come_to_a_region() -> None:
    now = [0.0]
    lacks = Lacks(lambda: now[0])
    lacks.learn(HERE, ANSWER)
    now[0] = 3599.0
    assert lacks.known(HERE) is not None

    now[0] = 3600.0

    assert lacks.known(HERE) is None


def test_it_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    lacks = Lacks()
    with caplog.at_level(logging.WARNING):
        lacks.learn(HERE, ANSWER)
        lacks.learn(HERE, ANSWER)

    assert len(caplog.records) == 1
