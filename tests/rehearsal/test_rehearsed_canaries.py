"""A canary that is held: dark, tried with a share, promoted or taken back; and what endpoints take from training jobs."""

from itertools import pairwise
from typing import Any

from tests.builders import training_job
from tests.rehearsal.rollouts import WEB, calls, images, left, model, outcomes, served, settled, updates, web
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key

DIGITS = Key("TrainingJob", "default", "digits")


def shares(play: Rehearsal) -> dict[str, float]:
    """The weights with which the variants serve."""
    (endpoint,) = play.jobs("Endpoint")
    return {one["VariantName"]: one["CurrentWeight"] for one in endpoint.facts["ProductionVariants"]}


class Watched:
    """The share of requests that a variant ever had."""

    def __init__(self, play: Rehearsal, variant: str) -> None:
        self.highest = 0.0
        self._play, self._variant = play, variant
        play.amazon.listen(self._look)

    def _look(self, *_: Any) -> None:
        if self._play.jobs("Endpoint") and "ProductionVariants" in self._play.jobs("Endpoint")[0].facts:
            told = shares(self._play)
            whole = sum(told.values())
            assert whole > 0, "nothing serves"
            self.highest = max(self.highest, told.get(self._variant, 0.0) / whole)


def held(play: Rehearsal, share: int, image: str = "two") -> None:
    """Hold a canary at a share, and wait until it has it."""
    play.apply(web(canary={"trafficPercent": share, "model": model(image)}))
    served(play)
    play.until("it has its share", lambda: settled(play) and shares(play) == {"main": 100 - share, "canary": share})


def test_a_canary_is_tried_in_the_dark_then_with_a_share_and_then_promoted() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        watched = Watched(play, "canary")

        held(play, 0)
        assert watched.highest == 0
        held(play, 10)
        assert watched.highest == 0.1
        held(play, 100)
        assert calls(play) == ["CreateEndpoint", "UpdateEndpoint", *["UpdateEndpointWeightsAndCapacities"] * 2]

        watched = Watched(play, "canary")
        play.apply(web("two"))
        served(play)
        assert images(play) == ["two"]
        assert shares(play) == {"main": 1}
        assert calls(play)[4:] == ["UpdateEndpoint"]
        assert outcomes(play) == [(1, "Superseded"), (2, "Superseded"), (3, "InService")]
        play.quiet()


def test_a_canary_that_begins_with_a_share_never_has_more() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        watched = Watched(play, "canary")

        held(play, 10)

        assert watched.highest == 0.1
        assert calls(play) == ["CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"]
        play.quiet()


def test_a_canary_that_is_taken_back_leaves_the_configuration_of_before() -> None:
    with Rehearsal() as play:
        play.apply(web())
        first = served(play)
        held(play, 50)

        play.apply(web())

        assert served(play) == first
        assert shares(play) == {"main": 1}
        assert play.committed("CreateEndpointConfig") == 2
        watched = Watched(play, "canary")
        held(play, 0)
        assert watched.highest == 0
        assert play.committed("CreateEndpointConfig") == 2
        play.quiet()


def test_to_return_to_a_revision_without_the_canary_leaves_nobody_without_an_answer() -> None:
    with Rehearsal() as play:
        play.apply(web())
        first = served(play)
        held(play, 100)
        Watched(play, "canary")

        play.edit(WEB, rollbackTo=1)

        assert served(play) == first
        assert shares(play) == {"main": 1}
        play.edit(WEB, rollbackTo=None)
        served(play)
        play.until("it has its share", lambda: settled(play) and shares(play) == {"main": 0, "canary": 100})
        play.quiet()


def test_a_revision_that_is_returned_to_begins_with_weights_of_its_own() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        held(play, 10)
        held(play, 10, "three")

        play.edit(WEB, rollbackTo=2)

        served(play)
        assert images(play) == ["one", "two"]
        assert shares(play) == {"main": 100, "canary": 0}
        play.quiet()


def test_another_canary_takes_the_share_of_the_one_before() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        held(play, 10)
        watched = Watched(play, "canary")

        held(play, 10, "three")

        assert watched.highest == 0.1
        assert images(play) == ["one", "three"]
        assert calls(play)[-1] == "UpdateEndpoint"
        play.quiet()


# What endpoints take from training jobs


def trained(image: str = "one", **spec: Any) -> dict[str, Any]:
    """An endpoint that serves what a training job has made."""
    made = web(**spec)
    (variant,) = made["spec"]["productionVariants"]
    del variant["model"]
    variant |= {"trainingJobRef": {"name": "digits"}, "container": model(image)["primaryContainer"]}
    return made


def test_an_endpoint_waits_for_its_training_job_and_serves_what_it_made() -> None:
    with Rehearsal() as play:
        play.apply(trained())
        play.run(60)
        assert play.condition(WEB, "Reconciling")["reason"] == "DependencyNotFound"
        play.apply(training_job("digits"))

        served(play)

        (job,) = play.jobs("TrainingJob")
        (made,) = play.jobs("Model")
        assert (
            made.spec["PrimaryContainer"]["ModelDataUrl"] == play.status(DIGITS)["modelArtifacts"]["s3ModelArtifacts"]
        )
        assert job.status == "Completed"
        play.quiet()


def test_an_endpoint_stays_as_it_is_when_its_training_job_is_cleaned_up() -> None:
    with Rehearsal() as play:
        play.apply(training_job("digits"))
        play.apply(trained())
        first = served(play)

        play.delete(DIGITS)
        play.until("the job is gone", lambda: not play.there(DIGITS))
        play.run(600)
        play.restart()
        play.run(600)

        assert settled(play)
        assert play.status(WEB)["endpointConfigName"] == first
        play.edit(WEB, revisionHistoryLimit=3)
        served(play)
        assert updates(play) == 0
        play.quiet()


def test_a_model_that_was_trained_again_is_rolled_out() -> None:
    with Rehearsal() as play:
        play.apply(training_job("digits"))
        play.apply(trained())
        first = served(play)
        play.delete(DIGITS)
        play.until("the job is gone", lambda: not play.there(DIGITS))

        play.apply(training_job("digits"))
        play.run(60)
        assert settled(play)
        play.until("it was rolled out", lambda: updates(play) == 1)

        assert served(play) != first
        assert left(play)["Endpoint"] == 1
        assert play.status(WEB)["artifacts"] == {"digits": play.status(DIGITS)["modelArtifacts"]["s3ModelArtifacts"]}
        play.quiet()


def test_a_training_that_fails_changes_nothing_of_what_serves() -> None:
    with Rehearsal() as play:
        play.apply(training_job("digits"))
        play.apply(trained())
        served(play)
        play.delete(DIGITS)
        play.until("the job is gone", lambda: not play.there(DIGITS))
        play.amazon.core.scenarios.fail("TrainingJob", "", reason="AlgorithmError: exit code 1")

        play.apply(training_job("digits"))
        play.until("it has failed", lambda: play.says(DIGITS, "Succeeded", "False"))
        play.run(60)

        assert settled(play)
        assert updates(play) == 0
        play.quiet()


def test_each_share_is_one_call_and_ends_where_it_should() -> None:
    with Rehearsal() as play:
        play.apply(web())
        served(play)
        steps = (5, 25, 50, 75)
        for share in steps:
            held(play, share)

        asked = [one.parameters for one in play.amazon.core.journal.entries("UpdateEndpointWeightsAndCapacities")]
        weights = [{w["VariantName"]: w["DesiredWeight"] for w in one["DesiredWeightsAndCapacities"]} for one in asked]
        assert [one["canary"] for one in weights] == list(steps)
        assert all(before["main"] > after["main"] for before, after in pairwise(weights))
        play.quiet()
