"""What the emulator asks about a tuning job whose training jobs really run: what comes next, and what is to be stopped.

Keeps nothing: every answer follows from the tuning job's rows. Not here: starting and stopping (`emulator.families.jobs`).
"""

import logging
from collections.abc import Sequence
from typing import Final

from sagemaker_local.emulator.families.jobs import tuning_children as children
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.search import bayesian
from sagemaker_local.runner.search.space import space
from sagemaker_local.runner.search.stopping import Hyperband, below_median
from sagemaker_local.runner.search.trials import course, trials

WITHOUT_OPTUNA: Final = "Optuna is not installed here: pip install 'sagemaker-operator[local]' brings it"
_log = logging.getLogger(__name__)
EPOCHS: Final = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
"""Static hyperparameters from which MaxResource is inferred (HyperbandStrategyConfig's documentation)."""


def suggest(tuner: Resource, definition: int, rows: Sequence[Json]) -> dict[str, str] | None:
    """The hyperparameters of the next training job of a definition; None for strategies that do not learn.

    Args:
        definition: which of the tuning job's definitions it is.
        rows: of the jobs of that definition, those of parents of a warm start first.
    """
    defined = children.definitions(tuner.spec)[definition]
    config = tuner.spec["HyperParameterTuningJobConfig"]
    wanted = children.objective(tuner.spec, defined)
    searched = space(children.ranges(tuner.spec, defined))
    if config["Strategy"] != "Bayesian" or wanted is None or not searched.ranges:
        return None
    seed = f"{config.get('RandomSeed', tuner.name)}/{defined.get('DefinitionName', '')}"
    known = trials(rows, searched, maximise=wanted["Type"] == "Maximize")
    most = int(config["ResourceLimits"].get("MaxNumberOfTrainingJobs", len(known) + bayesian.RANDOM * 3))
    try:
        return searched.told(bayesian.suggest(searched, known, seed=seed, most=most))
    except ImportError:
        _log.warning("%s is searched at random, because %s", tuner.name, WITHOUT_OPTUNA)
        return None


def hopeless(tuner: Resource, row: Json) -> bool:
    """Whether a training job that runs is not worth going on with."""
    rows: list[Json] = tuner.facts.get("jobs", [])
    defined = children.definitions(tuner.spec)
    number = next((index for index, other in enumerate(rows) if other is row), None)
    if number is None:
        return False
    position = number % len(defined)
    wanted = children.objective(tuner.spec, defined[position])
    if wanted is None:
        return False
    maximise = wanted["Type"] == "Maximize"
    courses = {
        index // len(defined): course(other, maximise=maximise)
        for index, other in enumerate(rows)
        if index % len(defined) == position
    }
    config = tuner.spec["HyperParameterTuningJobConfig"]
    if config["Strategy"] == "Hyperband":
        band = hyperband(config, defined[position])
        return band is not None and band.hopeless(number // len(defined), courses)
    if config.get("TrainingJobEarlyStoppingType") != "Auto":
        return False
    before = [told for index, told in courses.items() if index < number // len(defined)]
    return below_median(courses[number // len(defined)], before)


def hyperband(config: Json, definition: Json) -> Hyperband | None:
    """The Hyperband of a tuning job; None if its MaxResource is neither given nor to be inferred."""
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    told = definition.get("StaticHyperParameters", {})
    texts = [told[name] for name in EPOCHS if str(told.get(name, "")).isdecimal()]
    most = int(given.get("MaxResource") or (texts[0] if texts else 0))
    least = int(given.get("MinResource") or 1)
    return Hyperband(least, max(most, least)) if most else None
