"""What the emulator says about training and processing jobs, and what it means."""

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
    "jobs.processing.MISSING": (("ProcessingJob", "DescribeProcessingJob", Absent),),
    "jobs.processing.NONE_TO_STOP": (("ProcessingJob", "StopProcessingJob", Absent),),
    "jobs.processing.EXISTS": (("ProcessingJob", "CreateProcessingJob", Exists),),
    "jobs.processing.WRONG_STATUS": (("ProcessingJob", "StopProcessingJob", Busy),),
    "jobs.processing.STILL_RUNNING": (("ProcessingJob", "DeleteProcessingJob", Busy),),
}
