"""Answers as a later version of SageMaker might give them: clients must live with what their model does not know."""

from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagemaker_local.emulator import model
from sagemaker_local.emulator.resource import Json

MEMBER: Final = "MemberOfALaterVersion"
VALUE: Final = "ValueOfALaterVersion"


def later_version(operation: str, answer: Json) -> Json:
    """The answer with a value that no enum has in place of each status, and with a member that no shape has in each structure."""
    shape = model.operation(operation).output_shape
    changed: Json = _changed(shape, answer, "") if shape is not None else {MEMBER: {}}
    return changed


def _changed(shape: Shape, value: Any, name: str) -> Any:
    match shape:
        case StructureShape():
            members = shape.members
            known = {n: _changed(members[n], v, n) for n, v in value.items()}
            return {**known, MEMBER: {"Something": 1}}
        case ListShape():
            return [_changed(shape.member, item, name) for item in value]
        case MapShape():
            return {key: _changed(shape.value, item, name) for key, item in value.items()}
    return VALUE if name.endswith("Status") and getattr(shape, "enum", None) else value
