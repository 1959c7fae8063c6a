"""What the emulator says about Studio, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "studio.domains.NO_DOMAIN": (
        ("Domain", "DescribeDomain", Absent),
        ("UserProfile", "DescribeUserProfile", Absent),
    ),
    "studio.domains.EXISTS": (("Domain", "CreateDomain", Exists),),
    "studio.domains.BUSY": (("Domain", "UpdateDomain", Busy), ("Domain", "DeleteDomain", Busy)),
    # Answers about presigned URLs, which the operator does not ask for.
    "studio.domains.NO_VISITOR": (),
    "studio.domains.SIGN_IN_ELSEWHERE": (),
    "studio.profiles.NO_PROFILE": (("UserProfile", "DescribeUserProfile", Absent),),
    "studio.profiles.EXISTS": (("UserProfile", "CreateUserProfile", Exists),),
    "studio.profiles.BUSY": (("UserProfile", "UpdateUserProfile", Busy),),
    "studio.profiles.APPS_LEFT": (("UserProfile", "DeleteUserProfile", Busy),),
    "studio.profiles.LEFT": (("UserProfile", "DeleteUserProfile", Busy), ("Domain", "DeleteDomain", Busy)),
    "studio.spaces.NO_SPACE": (("Space", "DescribeSpace", Absent),),
    "studio.spaces.EXISTS": (("Space", "CreateSpace", Exists),),
    "studio.spaces.BUSY": (("Space", "UpdateSpace", Busy),),
    "studio.spaces.LEFT": (("Space", "DeleteSpace", Busy),),
    "studio.apps.MISSING": (("App", "DescribeApp", Absent),),
    "studio.apps.EXISTS": (("App", "CreateApp", Exists),),
    "studio.apps.BUSY": (("App", "DeleteApp", Busy),),
    "studio.apps.NO_OWNER": (("App", "CreateApp", Refused),),
    "studio.apps.ALREADY_DELETED": (("App", "DeleteApp", Absent),),
    "studio.apps.DELETED_ITSELF": (("App", "DeleteApp", Absent),),
    "studio.app_images.MISSING": (("AppImageConfig", "DescribeAppImageConfig", Absent),),
    "studio.app_images.EXISTS": (("AppImageConfig", "CreateAppImageConfig", Exists),),
    "studio.images.MISSING": (("Image", "DescribeImage", Absent), ("ImageVersion", "CreateImageVersion", Refused)),
    "studio.images.NOT_DELETED": (("Image", "DeleteImage", Absent),),
    "studio.images.EXISTS": (("Image", "CreateImage", Exists),),
    "studio.images.BUSY": (("Image", "UpdateImage", Busy), ("Image", "DeleteImage", Busy)),
    "studio.image_versions.MISSING": (("ImageVersion", "DescribeImageVersion", Absent),),
    "studio.image_versions.NO_LATEST": (("ImageVersion", "DescribeImageVersion", Absent),),
    # An answer about a version that is asked for by its alias, as the operator never does.
    "studio.image_versions.NO_ALIAS": (),
    "studio.image_versions.EXISTS": (("ImageVersion", "CreateImageVersion", Exists),),
    "studio.image_versions.INVALID_STATE": (("ImageVersion", "CreateImageVersion", Busy),),
    "studio.image_versions.ALIAS_TAKEN": (
        ("ImageVersion", "CreateImageVersion", Busy),
        ("ImageVersion", "UpdateImageVersion", Busy),
    ),
    "studio.image_versions.BUSY": (("ImageVersion", "DeleteImageVersion", Busy),),
    "studio.studio_scripts.MISSING": (("StudioLifecycleConfig", "DescribeStudioLifecycleConfig", Absent),),
    "studio.studio_scripts.EXISTS": (("StudioLifecycleConfig", "CreateStudioLifecycleConfig", Exists),),
    "studio.studio_scripts.IN_USE": (("StudioLifecycleConfig", "DeleteStudioLifecycleConfig", Busy),),
}
