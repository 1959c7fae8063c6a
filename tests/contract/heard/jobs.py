"""What the emulator says about jobs and training plans, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "jobs.training.MISSING": (
        ("TrainingJob", "DescribeTrainingJob", Absent),
        ("TrainingJob", "StopTrainingJob", Absent),
    ),
    "jobs.training.EXISTS": (("TrainingJob", "CreateTrainingJob", Exists),),
    "jobs.training.WRONG_STATUS": (("TrainingJob", "StopTrainingJob", Busy),),
    "jobs.training.STILL_RUNNING": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "jobs.training.POOL_IN_USE": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "jobs.training.STARTING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.NO_POOL": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.NOT_RUNNING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.TWO_IN_ONE": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.NO_DEBUGGING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.processing.MISSING": (("ProcessingJob", "DescribeProcessingJob", Absent),),
    "jobs.processing.NONE_TO_STOP": (("ProcessingJob", "StopProcessingJob", Absent),),
    "jobs.processing.EXISTS": (("ProcessingJob", "CreateProcessingJob", Exists),),
    "jobs.processing.WRONG_STATUS": (("ProcessingJob", "StopProcessingJob", Busy),),
    "jobs.processing.STILL_RUNNING": (("ProcessingJob", "DeleteProcessingJob", Busy),),
    "jobs.transform.MISSING": (
        ("TransformJob", "DescribeTransformJob", Absent),
        ("TransformJob", "StopTransformJob", Absent),
    ),
    "jobs.transform.EXISTS": (("TransformJob", "CreateTransformJob", Exists),),
    "jobs.transform.WRONG_STATUS": (("TransformJob", "StopTransformJob", Busy),),
    "jobs.transform.TOO_MUCH_AT_ONCE": (("TransformJob", "CreateTransformJob", Refused),),
    "jobs.transform.NO_MODEL": (("TransformJob", "CreateTransformJob", Refused),),
    "jobs.transform.NO_OBJECTS": (("TransformJob", "CreateTransformJob", Refused),),
    "jobs.tuning.MISSING": (
        ("HyperParameterTuningJob", "DescribeHyperParameterTuningJob", Absent),
        ("HyperParameterTuningJob", "StopHyperParameterTuningJob", Absent),
    ),
    "jobs.tuning.EXISTS": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Exists),),
    "jobs.tuning.WRONG_STATUS": (("HyperParameterTuningJob", "StopHyperParameterTuningJob", Busy),),
    "jobs.tuning.STILL_RUNNING": (("HyperParameterTuningJob", "DeleteHyperParameterTuningJob", Busy),),
    "jobs.tuning.ONE_WAY_OF_DEFINING": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Refused),),
    "jobs.tuning.NO_RANGE": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Refused),),
    "jobs.tuning.GRID_OF_CATEGORIES": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Refused),),
    "jobs.tuning.NO_PARENT": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Refused),),
    "jobs.tuning.PARENT_RUNNING": (("HyperParameterTuningJob", "CreateHyperParameterTuningJob", Refused),),
    "jobs.plans.EXISTS": (("TrainingPlan", "CreateTrainingPlan", Exists),),
    "jobs.plans.NO_OFFERING": (("TrainingPlan", "CreateTrainingPlan", Refused),),
}
