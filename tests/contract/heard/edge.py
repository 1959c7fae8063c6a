"""What the emulator says about devices at the edge, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "tools.devices.NO_FLEET": (
        ("DeviceFleet", "DescribeDeviceFleet", Absent),
        ("EdgeDeploymentPlan", "CreateEdgeDeploymentPlan", Refused),
    ),
    "tools.devices.FLEET_EXISTS": (("DeviceFleet", "CreateDeviceFleet", Exists),),
    "tools.devices.FLEET_IN_USE": (("DeviceFleet", "DeleteDeviceFleet", Busy),),
    "tools.devices.NO_DEVICE": (("DeviceFleet", "UpdateDevices", Refused),),
    "tools.devices.DEVICE_EXISTS": (("DeviceFleet", "RegisterDevices", Refused),),
    "tools.edge.NO_JOB": (
        ("EdgePackagingJob", "DescribeEdgePackagingJob", Absent),
        ("EdgePackagingJob", "StopEdgePackagingJob", Absent),
    ),
    "tools.edge.JOB_EXISTS": (("EdgePackagingJob", "CreateEdgePackagingJob", Exists),),
    "tools.edge.NO_PLAN": (("EdgeDeploymentPlan", "DescribeEdgeDeploymentPlan", Absent),),
    "tools.edge.PLAN_EXISTS": (("EdgeDeploymentPlan", "CreateEdgeDeploymentPlan", Exists),),
    "tools.edge.PLAN_RUNS": (("EdgeDeploymentPlan", "DeleteEdgeDeploymentPlan", Busy),),
    "tools.edge.NO_STAGE": (("EdgeDeploymentPlan", "StartEdgeDeploymentStage", Absent),),
    "tools.edge.STAGE_EXISTS": (("EdgeDeploymentPlan", "CreateEdgeDeploymentStage", Refused),),
}
