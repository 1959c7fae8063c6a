"""What has to hold of a dataset: of every feature, and how strictly."""

from dataclasses import dataclass
from enum import StrEnum

from sagemaker_analyzer.model import LOW_CARDINALITY, Feature, InferredType, Statistics

# Deequ suggests a range of categories only where values repeat: CategoricalRangeRule.
_REPEATED = 0.1


class Method(StrEnum):
    """How distances are computed: as they are, or less by what chance may do to few samples."""

    SIMPLE = "Simple"
    ROBUST = "Robust"


class CategoricalMethod(StrEnum):
    """The distance of categories."""

    L_INFINITY = "LInfinity"
    CHI_SQUARED = "ChiSquared"


@dataclass(frozen=True, slots=True)
class Config:
    """How strictly constraints hold. The defaults are those of the constraints that Model Monitor suggests.

    The two content thresholds are the share of values that has to be of the expected type and of the known categories: at
    1.0, Model Monitor says "Expected match: 100.0%".
    """

    evaluate: bool = True
    emit_metrics: bool = True
    type_threshold: float = 1.0
    domain_threshold: float = 1.0
    compare: bool = True
    comparison_threshold: float = 0.1
    method: Method = Method.ROBUST
    categorical_threshold: float = 0.1
    categorical_method: CategoricalMethod = CategoricalMethod.L_INFINITY


@dataclass(frozen=True, slots=True)
class FeatureConstraint:
    """What has to hold of one feature; what is None does not matter. `config` is its own if it has overrides."""

    name: str
    inferred_type: InferredType
    completeness: float | None = None
    non_negative: bool | None = None
    domains: tuple[str, ...] | None = None
    config: Config | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """What has to hold of a dataset."""

    features: tuple[FeatureConstraint, ...]
    config: Config = Config()

    def config_of(self, name: str) -> Config:
        """How strict it is with a feature; with one that it does not know, as with all."""
        own = next((feature.config for feature in self.features if feature.name == name), None)
        return own or self.config


def suggest(statistics: Statistics, *, categorical_method: CategoricalMethod | None = None) -> Constraints:
    """The constraints that hold of this very dataset."""
    config = Config(categorical_method=categorical_method or CategoricalMethod.L_INFINITY)
    return Constraints(tuple(_suggested(feature) for feature in statistics.features), config)


def _suggested(feature: Feature) -> FeatureConstraint:
    numeric = feature.inferred_type in {InferredType.INTEGRAL, InferredType.FRACTIONAL}
    return FeatureConstraint(
        name=feature.name,
        inferred_type=feature.inferred_type,
        completeness=feature.completeness,
        non_negative=feature.numbers.minimum >= 0 if numeric and feature.numbers else None,
        domains=None if numeric else _domains(feature),
    )


def _domains(feature: Feature) -> tuple[str, ...] | None:
    texts = feature.texts
    if texts is None or texts.distinct > min(LOW_CARDINALITY, max(_REPEATED * feature.present, 1)):
        return None
    return tuple(value for value, _ in texts.counts)
