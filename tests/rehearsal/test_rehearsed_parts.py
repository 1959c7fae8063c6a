"""The models and configurations that an endpoint is made of: deleted by hand, refused by SageMaker, in use or not."""

from typing import Any

import pytest
from tests.rehearsal.rollouts import (
    BROKEN,
    NOTHING,
    ROLE,
    WEB,
    children,
    fail,
    gone,
    images,
    left,
    model,
    outcomes,
    served,
    settled,
    updates,
    web,
)
from tests.rehearsal.stage import Rehearsal


def test_a_child_that_is_in_use_stays_until_it_is_not() -> None:
    with Rehearsal() as play:
        play.apply(web(revisionHistoryLimit=0))
        first = served(play)
        (config,), (made,) = children(play), children(play, "Model")

        play.delete(config)
        play.delete(made)
        play.run(600)

        assert settled(play)
        assert play.condition(config, "Reconciling")["reason"] == "InUse"
        assert "Endpoint default/web" in play.condition(config, "Reconciling")["message"]
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.apply(web("two", revisionHistoryLimit=0))
        assert served(play) != first
        play.until("they are gone", lambda: not play.there(config) and not play.there(made))
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.apply(web(revisionHistoryLimit=0))
        served(play)
        assert images(play) == ["one"]
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_a_model_that_is_to_go_is_taken_over_by_the_next_configuration() -> None:
    with Rehearsal() as play:
        play.apply(web(revisionHistoryLimit=0))
        served(play)
        (made,) = children(play, "Model")
        play.delete(made)
        play.run(5)

        play.apply(web(variant={"instanceType": "ml.m5.xlarge"}, revisionHistoryLimit=0))

        served(play)
        assert updates(play) == 1
        play.apply(web("two", revisionHistoryLimit=0))
        served(play)
        play.until("it is gone", lambda: not play.there(made))
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_a_child_that_is_not_in_use_goes_at_once_and_is_made_again_when_it_is_wanted() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        (config,) = children(play)
        (made,) = children(play, "Model")
        play.apply(web("two"))
        served(play)

        play.delete(config)
        play.delete(made)
        play.until("they are gone", lambda: not play.there(config) and not play.there(made), within=60)
        assert settled(play)
        assert updates(play) == 1
        play.quiet()

        play.apply(web())
        served(play)
        assert images(play) == ["one"]
        assert play.there(config)
        play.quiet()


@pytest.mark.parametrize("killed", [False, True])
def test_a_child_deleted_during_the_roll_out_to_it_stays(*, killed: bool) -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        play.apply(web("two"))
        play.until("it was asked for", lambda: updates(play) == 1)
        if killed:
            play.kill()

        for child in (*children(play), *children(play, "Model")):
            play.delete(child)

        play.until("it serves the second", lambda: settled(play) and images(play) == ["two"])
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_a_configuration_that_was_deleted_behind_our_back_is_made_again() -> None:
    with Rehearsal(drift=600) as play:
        play.apply(web())
        first = served(play)

        play.console("DeleteEndpointConfig", EndpointConfigName=first)

        play.until("it is there again", lambda: [one.name for one in play.jobs("EndpointConfig")] == [first])
        play.run(600)
        assert settled(play)
        assert updates(play) == 0


def test_a_model_without_its_artifact_fails_with_sagemakers_words() -> None:
    with Rehearsal() as play:
        fail(play, at=None, times=1)
        image = model("one")["primaryContainer"]
        variant = {"model": {"primaryContainer": image | {"modelDataURL": "s3://gone/model.tar.gz"}}}
        play.apply(web(variant=variant))

        play.until("it has failed", lambda: play.says(WEB, "Stalled"))

        assert BROKEN in play.condition(WEB, "Stalled")["message"]
        assert play.says(WEB, "Ready", "False")
        assert outcomes(play) == [(1, "Failed")]
        play.delete(WEB)
        gone(play)


def test_what_sagemaker_refuses_of_a_model_is_told_where_it_was_described() -> None:
    with Rehearsal() as play:
        refused = {"model": {"primaryContainer": {"image": "nowhere.example/one:1"}}}
        play.apply(web(variant=refused))

        play.until("it says so", lambda: play.says(WEB, "Stalled"), within=60)

        assert "non-ECR image" in play.condition(WEB, "Stalled")["message"]
        play.apply(web())
        served(play)
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def test_what_sagemaker_refuses_of_another_model_leaves_what_serves() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.apply(web(variant={"model": {"primaryContainer": {"image": "nowhere.example/one:1"}}}))
        play.until("it says so", lambda: play.says(WEB, "Stalled"), within=60)

        assert play.says(WEB, "Ready")
        assert "non-ECR image" in play.condition(WEB, "Stalled")["message"]
        play.apply(web())
        served(play)
        assert updates(play) == 0
        play.run(60)
        assert left(play) == dict.fromkeys(NOTHING, 1)
        play.quiet()


def named(config: str, **spec: Any) -> dict[str, Any]:
    """An endpoint whose configuration somebody else makes."""
    return web() | {"spec": {"endpointName": "web", "endpointConfigName": config, **spec}}


def test_a_configuration_that_sagemaker_does_not_see_yet_alarms_nobody() -> None:
    with Rehearsal() as play:
        stalled: list[float] = []

        def look(_: Any) -> tuple[str, ...]:
            stalled.extend([play.seconds] * play.says(WEB, "Stalled"))
            return ()

        play.checks.append(look)
        play.apply(named("late"))
        play.run(3)
        play.console("CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=_image())
        variant = {"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        play.console("CreateEndpointConfig", EndpointConfigName="late", ProductionVariants=[variant])

        served(play)

        assert not stalled
        assert play.committed("CreateEndpoint") == 1


def test_a_configuration_that_never_comes_is_told_as_what_it_is() -> None:
    with Rehearsal() as play:
        play.apply(named("typo"))

        play.until("it says so", lambda: play.says(WEB, "Stalled"), within=60)

        assert "Could not find endpoint configuration" in play.condition(WEB, "Stalled")["message"]
        before = play.kubernetes.writes
        play.run(20_000)
        assert play.kubernetes.writes == before


def _image() -> dict[str, Any]:
    return {"Image": model("one")["primaryContainer"]["image"]}


def test_new_tags_reach_what_the_endpoint_has_made() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)

        play.edit(WEB, tags=[{"key": "team", "value": "vision"}])
        play.run(60)

        for kind in ("Model", "EndpointConfig", "Endpoint"):
            (found,) = play.jobs(kind)
            assert found.tags.get("team") == "vision", kind
        play.quiet()


def test_the_number_of_a_revision_that_fell_out_of_the_history_is_not_given_out_again() -> None:
    with Rehearsal() as play:
        play.apply(web(revisionHistoryLimit=0))
        served(play)
        for image in ("two", "one", "three"):
            play.apply(web(image, revisionHistoryLimit=0))
            served(play)

        assert [one["revision"] for one in play.status(WEB)["revisions"]] == [4]


def test_a_configuration_that_never_comes_is_told_after_a_few_looks() -> None:
    with Rehearsal() as play:
        play.apply(named("nowhere"))

        play.until("it is told", lambda: play.says(WEB, "Stalled"), within=60)

        told = play.condition(WEB, "Stalled")
        assert (told["reason"], "Could not find endpoint configuration" in told["message"]) == ("RefusedByAWS", True)
        assert 2 <= play.amazon.core.journal.count("CreateEndpoint") <= 6
