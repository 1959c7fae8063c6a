"""References that jobs have in common: where their data comes from, on what they run, and where they are noted down.

Each function takes the place of the structure in the spec with its dot (``trainingJobDefinition.``); "" is the spec itself.
What a job only reads when it begins may go before the job does.
"""

from .kind import BuiltIn, Reference


def of_experiment(place: str = "") -> tuple[Reference, ...]:
    """The experiment and the trial that a job is noted down in."""
    return (
        Reference(
            f"{place}experimentConfig.experimentRef", "experimentName", "Experiment", "experimentName", holds=False
        ),
        Reference(f"{place}experimentConfig.trialRef", "trialName", "Trial", "trialName", holds=False),
    )


def of_mlflow(place: str = "") -> tuple[Reference, ...]:
    """The tracking server or app that a job logs to."""
    return tuple(
        Reference(f"{place}mlflowConfig.{field}", "mlflowResourceARN", kind, "arn", holds=False)
        for field, kind in (("mlflowTrackingServerRef", "MlflowTrackingServer"), ("mlflowAppRef", "MlflowApp"))
    )


def of_training(place: str = "") -> tuple[Reference, ...]:
    """The algorithm, the capacity and the channels of a training job, or of a definition of some."""
    source = f"{place}inputDataConfig[].dataSource"
    return (
        Reference(f"{place}algorithmSpecification.algorithmRef", "algorithmName", "Algorithm", "arn", holds=False),
        Reference(f"{place}resourceConfig.trainingPlanRef", "trainingPlanARN", "TrainingPlan", "arn", holds=False),
        Reference(
            f"{place}resourceConfig.instancePreferences[].trainingPlanRefs[]",
            "trainingPlanARNs",
            "TrainingPlan",
            "arn",
            holds=False,
        ),
        Reference(
            f"{source}.s3DataSource.hubAccessConfig.hubContentRef", "hubContentARN", "HubContent", "arn", holds=False
        ),
        Reference(f"{source}.datasetSource.hubContentRef", "datasetARN", "HubContent", "arn", holds=False),
        artifacts(f"{source}.s3DataSource."),
    )


def image_of_training(place: str = "") -> BuiltIn:
    """The image of a training job, or of a definition of some."""
    around = ["resourceConfig", "resourceConfig.instanceGroups[]", "resourceConfig.instancePreferences[]"]
    if place:
        around += ["hyperParameterTuningResourceConfig", "hyperParameterTuningResourceConfig.instanceConfigs[]"]
    return BuiltIn(
        f"{place}algorithmSpecification.builtIn",
        "trainingImage",
        "training",
        tuple(f"{way}.instanceType" for way in around),
    )


def artifacts(place: str) -> Reference:
    """The model artifact of a training job as a job's input."""
    return Reference(f"{place}s3URIRef", "s3URI", "TrainingJob", "modelArtifacts.s3ModelArtifacts", holds=False)
