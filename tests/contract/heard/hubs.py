"""What the emulator says about hubs and their contents, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "tools.hubs.NO_HUB": (
        ("Hub", "DescribeHub", Absent),
        ("HubContent", "ImportHubContent", Refused),
        ("HubContent", "DescribeHubContent", Absent),
    ),
    "tools.hubs.HUB_EXISTS": (("Hub", "CreateHub", Exists),),
    "tools.hubs.HUB_BUSY": (("Hub", "UpdateHub", Busy), ("Hub", "DeleteHub", Busy)),
    "tools.hubs.HUB_NOT_EMPTY": (("Hub", "DeleteHub", Busy),),
    "tools.hubs.NO_CONTENT": (
        ("HubContent", "DescribeHubContent", Absent),
        ("HubContent", "UpdateHubContent", Refused),
        ("HubContent", "DeleteHubContent", Absent),
    ),
    "tools.hubs.CONTENT_EXISTS": (("HubContent", "ImportHubContent", Exists),),
}
