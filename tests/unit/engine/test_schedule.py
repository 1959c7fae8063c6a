"""How long a resource is left alone."""

import pytest

from sagemaker_operator.engine.schedule import RHYTHM, Pace, delay


@pytest.mark.parametrize("pace", RHYTHM)
def test_a_sooner_first_look_shortens_the_pauses_of_what_aws_is_changing_and_no_others(pace: Pace) -> None:
    share = delay(pace, 1, 0.5, first_look=0.25) / (delay(pace, 1, 0.5) or 1.0)

    assert share == (0.25 if pace in (Pace.WATCH, Pace.SOON) else 0.0 if pace is Pace.AGAIN else 1.0)


def test_however_late_the_first_look_is_the_longest_pause_stays() -> None:
    assert delay(Pace.WATCH, 0, 0.5, first_look=60.0) == 15.0
