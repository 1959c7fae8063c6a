"""Watches that are quicker than replies: what has happened is heard of before the request that made it happen is answered."""

from collections.abc import Callable

import pytest
from tests.builders import Manifest, pipeline
from tests.rehearsal.doors import Moment
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_schedules import cron, deleted, forbidding, replacing, short_memory

from sagemaker_operator.engine.resource import Key

# A reply takes 0.01 s to come back.
AT_ONCE = 0.001


@pytest.mark.parametrize("scenario", [replacing, forbidding, short_memory, deleted])
def test_a_schedule_keeps_its_word_when_it_hears_of_all_at_once(scenario: Callable[[Rehearsal], None]) -> None:
    with Rehearsal(lag=AT_ONCE) as play:
        scenario(play)


def edited_at_once(play: Rehearsal, key: Key, **spec: object) -> None:
    """Edit an object at the very moment at which its next status was written, and before the operator has the reply."""
    each = play.around.each

    def edit(moment: Moment) -> bool:
        if moment == Moment("after", "patch status"):
            play.around.each = each
            play.edit(key, **spec)
        return each(moment)

    play.around.each = edit


@pytest.mark.parametrize(
    ("manifest", "edit"),
    [(cron("0 12 * * *"), {"suspend": True}), (pipeline("digits"), {"pipelineDescription": "another"})],
    ids=["schedule", "pipeline"],
)
def test_an_edit_is_acted_upon_that_is_heard_of_before_the_reply_to_an_earlier_write(
    manifest: Manifest, edit: dict[str, object]
) -> None:
    with Rehearsal(lag=AT_ONCE) as play:
        key = play.apply(manifest)
        edited_at_once(play, key, **edit)

        play.until("it is edited", lambda: play.generation(key) == 2)
        play.until(
            "the edit is told of", lambda: play.status(key)["observedGeneration"] == 2 and play.says(key, "Ready")
        )
