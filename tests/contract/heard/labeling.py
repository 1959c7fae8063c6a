"""What the emulator says about the people who label and review, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "labeling.workforces.MISSING": (
        ("Workforce", "DescribeWorkforce", Absent),
        ("Workforce", "DeleteWorkforce", Absent),
    ),
    "labeling.workforces.ONE_ONLY": (("Workforce", "CreateWorkforce", Exists),),
    "labeling.workforces.HAS_TEAMS": (("Workforce", "DeleteWorkforce", Busy),),
    "labeling.workforces.TEAMS_USE_OIDC": (("Workforce", "UpdateWorkforce", Refused),),
    "labeling.workforces.BUSY": (("Workforce", "UpdateWorkforce", Busy),),
    "labeling.workteams.NO_WORKFORCE": (("Workteam", "CreateWorkteam", Refused),),
    "labeling.workteams.MISSING": (("Workteam", "DescribeWorkteam", Absent), ("Workteam", "DeleteWorkteam", Absent)),
    "labeling.workteams.EXISTS": (("Workteam", "CreateWorkteam", Exists),),
    "labeling.workteams.TOO_MANY": (("Workteam", "CreateWorkteam", Refused),),
    "labeling.workteams.NO_ACCESS": (
        ("FlowDefinition", "CreateFlowDefinition", Refused),
        ("LabelingJob", "CreateLabelingJob", Refused),
    ),
    "labeling.workteams.NOT_SUBSCRIBED": (("Workteam", "DescribeSubscribedWorkteam", Absent),),
    "labeling.jobs.MISSING": (
        ("LabelingJob", "DescribeLabelingJob", Absent),
        ("LabelingJob", "StopLabelingJob", Absent),
    ),
    "labeling.jobs.EXISTS": (("LabelingJob", "CreateLabelingJob", Exists),),
    "labeling.jobs.WRONG_STATUS": (("LabelingJob", "StopLabelingJob", Busy),),
    "labeling.jobs.BAD_ATTRIBUTE": (("LabelingJob", "CreateLabelingJob", Refused),),
    "labeling.jobs.NO_SUCH_TEAM": (("LabelingJob", "CreateLabelingJob", Refused),),
    "labeling.pages.MISSING": (("HumanTaskUi", "DescribeHumanTaskUi", Absent),),
    "labeling.pages.EXISTS": (("HumanTaskUi", "CreateHumanTaskUi", Exists),),
    "labeling.pages.ONE_TEMPLATE": (("HumanTaskUi", "RenderUiTemplate", Refused),),
    "labeling.flows.MISSING": (("FlowDefinition", "DescribeFlowDefinition", Absent),),
    "labeling.flows.EXISTS": (("FlowDefinition", "CreateFlowDefinition", Exists),),
    "labeling.flows.NO_PAGE": (("FlowDefinition", "CreateFlowDefinition", Refused),),
    "labeling.flows.BUSY": (("FlowDefinition", "DeleteFlowDefinition", Busy),),
}
