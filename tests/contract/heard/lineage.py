"""What the emulator says about experiments and the entities of lineage, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "lineage.experiments.NO_EXPERIMENT": (
        ("Experiment", "DescribeExperiment", Absent),
        ("Trial", "CreateTrial", Refused),
    ),
    "lineage.experiments.NO_TRIAL": (("Trial", "DescribeTrial", Absent), ("Trial", "DeleteTrial", Absent)),
    "lineage.experiments.NO_COMPONENT": (
        ("TrialComponent", "DescribeTrialComponent", Absent),
        ("TrialComponent", "UpdateTrialComponent", Refused),
    ),
    "lineage.experiments.EXPERIMENT_EXISTS": (("Experiment", "CreateExperiment", Exists),),
    "lineage.experiments.TRIAL_EXISTS": (("Trial", "CreateTrial", Exists),),
    "lineage.experiments.COMPONENT_EXISTS": (("TrialComponent", "CreateTrialComponent", Exists),),
    "lineage.experiments.HAS_TRIALS": (("Experiment", "DeleteExperiment", Busy),),
    "lineage.experiments.HAS_COMPONENTS": (("Trial", "DeleteTrial", Busy),),
    "lineage.experiments.ASSOCIATED": (("TrialComponent", "DeleteTrialComponent", Busy),),
    "lineage.entities.NO_ACTION": (("Action", "DescribeAction", Absent),),
    "lineage.entities.NO_ARTIFACT": (("Artifact", "DescribeArtifact", Absent), ("Artifact", "DeleteArtifact", Absent)),
    "lineage.entities.NO_CONTEXT": (("Context", "DescribeContext", Absent),),
    "lineage.entities.ACTION_EXISTS": (("Action", "CreateAction", Exists),),
    "lineage.entities.ARTIFACT_EXISTS": (("Artifact", "CreateArtifact", Exists),),
    "lineage.entities.CONTEXT_EXISTS": (("Context", "CreateContext", Exists),),
    "lineage.entities.ARN_OR_SOURCE": (("Artifact", "DeleteArtifact", Refused),),
}
