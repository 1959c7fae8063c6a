"""The statuses in which resources are known to be while they are made, once they are there, and while they go."""

from typing import Final

# Kind, status right after creation, status once nothing more happens by itself.
LIVES: Final = (
    ("TrainingJob", "InProgress", "Completed"),
    ("Endpoint", "Creating", "InService"),
    ("MonitoringSchedule", "Pending", "Scheduled"),
    ("InferenceComponent", "Creating", "InService"),
    ("ProcessingJob", "InProgress", "Completed"),
    ("TransformJob", "InProgress", "Completed"),
    ("HyperParameterTuningJob", "InProgress", "Completed"),
    ("LabelingJob", "Initializing", "Completed"),
    ("PipelineExecution", "Executing", "Succeeded"),
    ("Pipeline", "Active", "Active"),
    ("ModelPackage", "Pending", "Completed"),
    ("FeatureGroup", "Creating", "Created"),
    ("NotebookInstance", "Pending", "InService"),
    ("Domain", "Pending", "InService"),
    ("UserProfile", "Pending", "InService"),
    ("Space", "Pending", "InService"),
    ("App", "Pending", "InService"),
    ("Project", "CreateInProgress", "CreateCompleted"),
)

# Kind, how old it is in seconds, what is done then, the status right afterwards, and the one later on unless it is gone.
ENDS: Final = (
    ("TrainingJob", 0, "StopTrainingJob", "Stopping", "Stopped"),
    ("TrainingJob", 500, "DeleteTrainingJob", "Deleting", ""),
    ("ProcessingJob", 0, "StopProcessingJob", "Stopping", "Stopped"),
    ("TransformJob", 0, "StopTransformJob", "Stopping", "Stopped"),
    ("HyperParameterTuningJob", 30, "StopHyperParameterTuningJob", "Stopping", "Stopped"),
    ("LabelingJob", 0, "StopLabelingJob", "Stopping", "Stopped"),
    ("Endpoint", 10_000, "DeleteEndpoint", "Deleting", ""),
    ("MonitoringSchedule", 60, "DeleteMonitoringSchedule", "Pending", ""),
    ("InferenceComponent", 10_000, "DeleteInferenceComponent", "Deleting", ""),
    ("FeatureGroup", 10_000, "DeleteFeatureGroup", "Deleting", ""),
    ("NotebookInstance", 10_000, "StopNotebookInstance", "Stopping", "Stopped"),
    ("Domain", 10_000, "DeleteDomain", "Deleting", ""),
    ("UserProfile", 10_000, "DeleteUserProfile", "Deleting", ""),
    ("Space", 10_000, "DeleteSpace", "Deleting", ""),
    ("App", 10_000, "DeleteApp", "Deleting", "Deleted"),
    ("Project", 10_000, "DeleteProject", "DeleteInProgress", "DeleteCompleted"),
)
