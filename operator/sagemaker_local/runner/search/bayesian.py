"""Bayesian search: the next point by a tree-structured Parzen estimator, which Optuna has.

Which model SageMaker uses is not the same (a Gaussian process, its guide says); what the two share is that they learn from the
trials before. Optuna is imported when it is first needed: it takes a second. Not here: the space, and who starts training jobs.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from sagemaker_local.runner.search.space import Choice, Number, Point, Space
from sagemaker_local.runner.search.trials import Trial

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

RANDOM: Final = 4
"""How many points are drawn at random before it learns, or fewer if the search is short."""


def suggest(space: Space, trials: Sequence[Trial], *, seed: str, most: int) -> Point:
    """The next point; the same for the same trials and seed.

    Args:
        trials: all trials so far; those that run count as bad, so that not all look at the same place.
        most: how many trials there will be at most.
    """
    import optuna  # noqa: PLC0415 takes a second, and is needed by few

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    distributions = {one.name: _distribution(one) for one in space.ranges}
    sampler = optuna.samplers.TPESampler(seed=_number_of(seed, len(trials)), n_startup_trials=min(RANDOM, most // 3))
    study = optuna.create_study(direction="minimize", sampler=sampler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values at the edge of a range, which rounding may cause
        study.add_trials([_frozen(trial, distributions) for trial in trials])
        asked = study.ask(fixed_distributions=distributions)
    return dict(asked.params)


def _frozen(trial: Trial, distributions: Mapping[str, "BaseDistribution"]) -> "FrozenTrial":
    from optuna.trial import TrialState, create_trial  # noqa: PLC0415

    state = TrialState.RUNNING if trial.running else TrialState.FAIL
    if trial.loss is not None and math.isfinite(trial.loss):
        state = TrialState.COMPLETE
    value = trial.loss if state is TrialState.COMPLETE else None
    return create_trial(state=state, value=value, params=dict(trial.point), distributions=dict(distributions))


def _distribution(one: Number | Choice) -> "BaseDistribution":
    from optuna import distributions  # noqa: PLC0415

    if isinstance(one, Choice):
        return distributions.CategoricalDistribution(one.values)
    low, high = one.bounds
    if one.whole:
        return distributions.IntDistribution(int(low), int(high), log=one.logarithmic)
    return distributions.FloatDistribution(low, high, log=one.logarithmic)


def _number_of(seed: str, count: int) -> int:
    return int.from_bytes(blake2b(f"{seed}/{count}".encode(), digest_size=4).digest())
