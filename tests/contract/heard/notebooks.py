"""What the emulator says about notebooks, projects, MLflow and partner apps, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

_SCRIPTS = "NotebookInstanceLifecycleConfig"

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "studio.notebooks.MISSING": (("NotebookInstance", "DescribeNotebookInstance", Absent),),
    "studio.notebooks.EXISTS": (("NotebookInstance", "CreateNotebookInstance", Exists),),
    "studio.notebooks.NOT_STARTABLE": (("NotebookInstance", "StartNotebookInstance", Busy),),
    "studio.notebooks.NOT_STOPPABLE": (("NotebookInstance", "StopNotebookInstance", Busy),),
    "studio.notebooks.NOT_CHANGEABLE": (("NotebookInstance", "UpdateNotebookInstance", Busy),),
    "studio.notebooks.NOT_DELETABLE": (("NotebookInstance", "DeleteNotebookInstance", Busy),),
    # Answers about presigned URLs, which the operator does not ask for.
    "studio.notebooks.NO_JUPYTER": (),
    "tools.mlflow.NOT_RUNNING": (),
    "tools.mlflow.APP_NOT_READY": (),
    "tools.partners.NOT_READY": (),
    "studio.notebooks.NO_WAY_OUT": (("NotebookInstance", "CreateNotebookInstance", Refused),),
    "studio.notebooks.SMALLER_VOLUME": (("NotebookInstance", "UpdateNotebookInstance", Refused),),
    "studio.notebook_scripts.MISSING": ((_SCRIPTS, f"Describe{_SCRIPTS}", Absent),),
    "studio.notebook_scripts.EXISTS": ((_SCRIPTS, f"Create{_SCRIPTS}", Exists),),
    "studio.notebook_scripts.NOT_DELETED": ((_SCRIPTS, f"Delete{_SCRIPTS}", Absent),),
    "studio.notebook_scripts.NOT_UPDATED": ((_SCRIPTS, f"Update{_SCRIPTS}", Refused),),
    "studio.notebook_scripts.IN_USE": ((_SCRIPTS, f"Delete{_SCRIPTS}", Busy),),
    "tools.repositories.MISSING": (("CodeRepository", "DescribeCodeRepository", Absent),),
    "tools.repositories.EXISTS": (("CodeRepository", "CreateCodeRepository", Exists),),
    "tools.projects.MISSING": (("Project", "DescribeProject", Absent),),
    "tools.projects.EXISTS": (("Project", "CreateProject", Exists),),
    "tools.projects.BUSY": (("Project", "UpdateProject", Busy), ("Project", "DeleteProject", Busy)),
    "tools.mlflow.NO_SERVER": (("MlflowTrackingServer", "DescribeMlflowTrackingServer", Absent),),
    "tools.mlflow.SERVER_EXISTS": (("MlflowTrackingServer", "CreateMlflowTrackingServer", Exists),),
    "tools.mlflow.SERVER_BUSY": (
        ("MlflowTrackingServer", "UpdateMlflowTrackingServer", Busy),
        ("MlflowTrackingServer", "StopMlflowTrackingServer", Busy),
    ),
    "tools.mlflow.NO_APP": (("MlflowApp", "DescribeMlflowApp", Absent),),
    "tools.mlflow.APP_EXISTS": (("MlflowApp", "CreateMlflowApp", Exists),),
    "tools.mlflow.APP_BUSY": (("MlflowApp", "UpdateMlflowApp", Busy),),
    "tools.partners.MISSING": (("PartnerApp", "DescribePartnerApp", Absent),),
    "tools.partners.EXISTS": (("PartnerApp", "CreatePartnerApp", Exists),),
    "tools.partners.BUSY": (("PartnerApp", "UpdatePartnerApp", Busy),),
}
