"""Whether what goes out and what comes back can be SageMaker's, or that of another service of AWS that speaks JSON.

botocore reads any text that is not JSON as a structure without members, so that a captive portal, a proxy or a wrong URL looks
like a success without content. Pure, but for `whole`.
"""

from collections.abc import Mapping
from contextlib import closing
from typing import cast

from botocore.response import StreamingBody
from botocore.validate import ParamValidator

from sagemaker_operator.errors import Refused
from sagemaker_operator.model.service import has_operation, input_shape, output_shape

from .failures import nonsense

# Services that answer in XML, or with what they keep as it is; the others speak JSON.
_OTHER_WORDS = frozenset({"s3", "sns"})
# What is read of content that comes as a stream, whatever was asked for.
_MOST = 16 * 1024 * 1024


def whole(reply: Mapping[str, object]) -> dict[str, object]:
    """A reply with its content, where botocore leaves that to be read from the connection: blocking, up to 16 MiB."""
    return {name: _read(value) if isinstance(value, StreamingBody) else value for name, value in reply.items()}


def _read(stream: StreamingBody) -> bytes:
    with closing(stream):
        return bytes(stream.read(_MOST))


def result(
    reply: Mapping[str, object], operation: str, *, endpoint: str, service: str = "sagemaker"
) -> dict[str, object]:
    """The members of a reply, without what botocore tells about HTTP.

    Args:
        reply: what a client's method returned.
        operation: the operation that was called, such as ``DescribeEndpoint``.
        endpoint: the URL that was called, for messages.
        service: whose operation it is, by botocore's name.

    Raises:
        Unknown: if this is no answer of SageMaker.
    """
    members = {name: value for name, value in reply.items() if name != "ResponseMetadata"}
    metadata = cast("Mapping[str, object]", reply.get("ResponseMetadata", {}))
    headers = cast("Mapping[str, str]", metadata.get("HTTPHeaders", {}))
    content = headers.get("content-type", "")
    ours = service == "sagemaker" and has_operation(operation)
    required = output_shape(operation).required_members if ours else []
    if content and "json" not in content and service not in _OTHER_WORDS:
        raise nonsense(operation, endpoint=endpoint, found=f"status {metadata.get('HTTPStatusCode')} with {content}")
    # Members that AWS leaves out against its own model have been seen; none at all of them have not.
    if required and not any(name in members for name in required):
        raise nonsense(operation, endpoint=endpoint, found=f"an answer without {required[0]}")
    # Where no member can tell, the request id must: every AWS front end sends one.
    if not required and "RequestId" not in metadata:
        raise nonsense(operation, endpoint=endpoint, found="an answer without a request id")
    return members


def unwritable(request: Mapping[str, object], operation: str) -> Refused | None:
    """Why botocore could not put a request into words, if that was the fault; asked only after something went wrong.

    Clients do not validate, since the API server and AWS do. A value of the wrong type ends as an arbitrary exception in the
    middle of botocore, which is told here as AWS would.
    """
    if not has_operation(operation):
        return None
    report = ParamValidator().validate(dict(request), input_shape(operation))
    if not report.has_errors():
        return None
    return Refused("ValidationException", "; ".join(report.generate_report().splitlines()), operation)
