"""Valid requests for any operation of SageMaker, made from the service model: the smallest and the fullest.

The same operation always gets the same request. Every name is `sample`, so that what one request creates is what the next one
refers to. The requests fit the shapes; whether they make sense beyond that (two members that exclude each other, say) the model
does not tell: replace members with keyword arguments, and leave one out by giving None for it. By hand: `asking`.
"""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from re import sub
from typing import Any, Final

from sagemaker_local.emulator import model
from sagemaker_local.emulator.validation import matches

ACCOUNT: Final = "123456789012"
NAME: Final = "sample"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
IMAGE: Final = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/mine:1"
KEY: Final = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MOMENT: Final = 1_750_000_000
_SAGEMAKER: Final = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
_HUB_CONTENT: Final = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub"

# Of an enumeration the first value is taken, unless one of these is among them.
_USUAL: Final = ("ml.m5.large", "ml.m5.xlarge", "ml.t3.medium", "S3Prefix", "File", "Python")

# What a text is, by a word in the name of its shape or member; the first that fits the shape's constraints is taken.
_BY_WORD: Final = (
    ("RoleArn", ROLE),
    ("ExecutionRole", ROLE),
    ("CredentialsProviderArn", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}"),
    ("Kms", KEY),
    ("ScheduleExpression", "cron(0 * ? * * *)"),
    ("InstanceType", "ml.m5.large"),
    ("DockerImage", IMAGE),
    ("ContainerImage", IMAGE),
    ("ImageUri", IMAGE),
    ("S3", "s3://bucket/prefix"),
    ("Url", "s3://bucket/prefix/model.tar.gz"),
    ("Uri", "s3://bucket/prefix"),
    ("SecurityGroup", "sg-0123456789abcdef0"),
    ("Subnet", "subnet-0123456789abcdef0"),
    ("Vpc", "vpc-0123456789abcdef0"),
    ("Path", "/opt/ml/processing"),
    ("Email", "someone@example.com"),
    ("Regex", "loss=([0-9.]+)"),
    ("PipelineDefinition", '{"Version": "2020-12-01", "Steps": []}'),
    ("DataInputConfig", '{"input": [1, 3, 224, 224]}'),
    ("LifecycleConfigContent", "ZWNobyBoZWxsbwo="),
    ("ContentType", "text/csv"),
    ("MimeType", "text/csv"),
    ("MIMEType", "text/csv"),
    ("TimeOffset", "-PT1H"),
    ("LambdaFunction", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:PRE-{NAME}"),
)

# What fits the patterns of shapes that no word gives away.
_BY_PATTERN: Final = (
    NAME,
    "1",
    "1.0",
    "1.0.0",
    "1.0-1",
    "A1",
    "US",
    "UserName",
    "DisplayName",
    "text/csv",
    "https://example.com/prefix",
    "/mnt/data",
    "10.0.0.0/16",
    "0123456789ab",
    ACCOUNT,
    "0123456789",
    "01234567-89ab-4cde-8f01-23456789abcd",
    f"sha256:{'0123456789abcdef' * 4}",
    "i-0123456789abcdef0",
    "eni-0123456789abcdef0",
    "vol-0123456789abcdef0",
    "fs-0123456789abcdef0",
    "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com",
    "ami-0123456789abcdef0",
    "d-0123456789ab",
    "dzd-0123456789ab",
    "us-east-1a",
    "us-east-1_abcdefghi",
    "Mon:03:30",
    "1H",
    "p50",
    "8K",
    "PT1H",
    "mig-1g.10gb",
    "notebook-al2023-v1",
    "Python 3.11",
    "ml.u-p6e-gb200x36",
    f"arn:aws:iam::{ACCOUNT}:role/sagemaker",
    KEY,
    f"arn:aws:sns:us-east-1:{ACCOUNT}:{NAME}",
    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}",
    f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{NAME}",
    f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/{NAME}",
    f"arn:aws:codewhisperer:us-east-1:{ACCOUNT}:profile/{NAME}",
    f"arn:aws:sso::{ACCOUNT}:application/ssoins-0123456789abcdef/apl-0123456789abcdef",
    "arn:aws:sso:::instance/ssoins-0123456789abcdef",
    f"{_SAGEMAKER}:model/{NAME}",
    f"{_SAGEMAKER}:endpoint/{NAME}",
    f"{_SAGEMAKER}:experiment/{NAME}",
    f"{_SAGEMAKER}:cluster/0123456789ab",
    f"{_SAGEMAKER}:image-version/{NAME}/1",
    f"{_SAGEMAKER}:mlflow-app/app-0123456789ab",
    f"{_SAGEMAKER}:mlflow-tracking-server/{NAME}",
    f"{_SAGEMAKER}:partner-app/app-0123456789AB",
    f"{_SAGEMAKER}:pipeline/{NAME}/execution/0123456789ab",
    f"{_SAGEMAKER}:model-card/{NAME}/export-job/{NAME}",
    f"{_SAGEMAKER}:extension/sagemaker-{NAME}/{NAME}/0123456789ab",
    f"{_HUB_CONTENT}/Model/{NAME}",
    f"{_HUB_CONTENT}/DataSet/{NAME}",
)

_NUMBERS: Final = (("Seconds", 3600), ("InGB", 10), ("InMB", 1024), ("MaxResults", 10))


def minimal(operation: str, **given: Any) -> dict[str, Any]:
    """A request with the members that the operation needs and no others.

    Args:
        operation: its name, such as CreateTrainingJob.
        given: members that replace the generated ones; None leaves a member out.
    """
    return _with(_request(operation, full=False), given)


def maximal(operation: str, **given: Any) -> dict[str, Any]:
    """A request with every member, lists and maps with an entry each, of unions the first member; arguments as in `minimal`."""
    return _with(_request(operation, full=True), given)


def value(shape: Any, member: str = "") -> Any:
    """A value of a shape, with all that it can hold; of unions the first member."""
    return _value(shape, member, (), full=True)


def _with(request: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**deepcopy(request), **given}.items() if value is not None}


@cache
def _request(operation: str, *, full: bool) -> dict[str, Any]:
    shape = model.operation(operation).input_shape
    request: dict[str, Any] = {} if shape is None else _value(shape, "", (), full=full)
    return request


def _value(shape: Any, member: str, outer: tuple[str, ...], *, full: bool) -> Any:
    """A value of a shape; `outer` are the structures that it is in."""
    match shape.type_name:
        case "structure":
            return _structure(shape, outer, full=full)
        case "list":
            few = 1 if full and not _repeats(shape.member, outer) else 0
            count = max(few, shape.metadata.get("min", 0))
            return [_value(shape.member, member, outer, full=full) for _ in range(count)]
        case "map":
            count = max(1 if full else 0, shape.metadata.get("min", 0))
            value = _value(shape.value, member, outer, full=full)
            return {_text(shape.key, "Key"): value} if count else {}
        case "string":
            return _text(shape, member)
        case "boolean":
            return True
        case "timestamp":
            return MOMENT
        case "integer" | "long":
            return int(_number(shape, member))
        case _:
            return float(_number(shape, member))


def _structure(shape: Any, outer: tuple[str, ...], *, full: bool) -> dict[str, Any]:
    members = shape.members
    if getattr(shape, "is_tagged_union", False):
        wanted = [next(name for name, child in members.items() if not _repeats(child, outer))]
    elif full:
        wanted = [n for n, child in members.items() if n in shape.required_members or not _repeats(child, outer)]
    else:
        wanted = [name for name in members if name in shape.required_members]
    return {name: _value(members[name], name, (*outer, shape.name), full=full) for name in wanted}


def _repeats(shape: Any, outer: tuple[str, ...]) -> bool:
    """Whether a shape leads back at once into a structure that it is in."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape.name in outer


def _number(shape: Any, member: str) -> float:
    wished = next((number for word, number in _NUMBERS if word in member or word in shape.name), 1)
    return float(max(shape.metadata.get("min", wished), min(shape.metadata.get("max", wished), wished)))


def _text(shape: Any, member: str) -> str:
    if shape.enum:
        return str(next((usual for usual in _USUAL if usual in shape.enum), shape.enum[0]))
    text = _fitting(shape.name, member)
    if text is None:
        raise LookupError(f"no text fits {shape.name} ({shape.metadata}): add one to _BY_PATTERN")
    return text


@cache
def _fitting(shape_name: str, member: str) -> str | None:
    shape = model.service_model().shape_for(shape_name)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 1024)
    pattern = shape.metadata.get("pattern")
    for text in _candidates(shape_name, member):
        if low <= len(text) <= high and (pattern is None or matches(pattern, text)):
            return text
    return None


def _candidates(shape_name: str, member: str) -> Iterator[str]:
    """Texts to try, the most telling first."""
    names = (member, shape_name)
    yield from (text for word, text in _BY_WORD if any(word in name for name in names))
    for name in names:
        if name.endswith("Arn"):
            yield f"{_SAGEMAKER}:{_kebab(name.removesuffix('Arn'))}/{NAME}"
    yield from _BY_PATTERN


def _kebab(name: str) -> str:
    return sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
