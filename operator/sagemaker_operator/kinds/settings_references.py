"""The references that Studio's settings hold, wherever they stand in them.

A domain has the same settings for seven kinds of apps, for its users and once more for its spaces: where images, their versions
and scripts are named is read off the service model.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from botocore.model import ListShape, Shape, StructureShape

from sagemaker_operator.model.names import field

from .kind import Reference

# By the member that names one: our field beside it, the kind, and what is read of its status.
_NAMED: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "SageMakerImageArn": ("sageMakerImageRef", "Image", "arn"),
        "SageMakerImageVersionArn": ("sageMakerImageVersionRef", "ImageVersion", "arn"),
        "LifecycleConfigArn": ("lifecycleConfigRef", "StudioLifecycleConfig", "arn"),
        "LifecycleConfigArns": ("lifecycleConfigRefs[]", "StudioLifecycleConfig", "arn"),
        "AppImageConfigName": ("appImageConfigRef", "AppImageConfig", "appImageConfigName"),
        "ImageName": ("imageRef", "Image", "imageName"),
        "TrainingPlanArn": ("trainingPlanRef", "TrainingPlan", "arn"),
    }
)


def in_settings(members: Mapping[str, Shape], *names: str) -> tuple[Reference, ...]:
    """The references within some members of a spec.

    Args:
        members: the members of the spec.
        names: which of them to look into.
    """
    return tuple(one for name in names for one in _within(members[name], field(name)))


def _within(shape: Shape, way: str) -> Iterator[Reference]:
    if isinstance(shape, ListShape):
        yield from _within(shape.member, f"{way}[]")
    if not isinstance(shape, StructureShape):
        return
    for name, member in shape.members.items():
        if name in _NAMED:
            own, kind, reads = _NAMED[name]
            yield Reference(f"{way}.{own}", field(name), kind, reads)
        else:
            yield from _within(member, f"{way}.{field(name)}")
