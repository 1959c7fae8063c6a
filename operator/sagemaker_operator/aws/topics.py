"""Messages to topics of Amazon SNS."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

from sagemaker_operator.engine.lanes import Lane

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html on Subject
_LONGEST_SUBJECT = 100
_FIFO = ".fifo"


class Caller(Protocol):
    """What is needed of a `cloud.Cloud`."""

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str
    ) -> dict[str, object]:
        """Call an operation when it is its turn."""


async def publish(cloud: Caller, topic: str, *, subject: str, message: str, region: str) -> str:
    """Publish to a topic: the id that SNS gives the message.

    In a FIFO topic messages of one subject keep their order, and the same message is delivered once in five minutes.

    Args:
        cloud: whom to ask.
        topic: its ARN.
        subject: for people; what SNS does not take of it is replaced or cut off.
        message: up to 256 KiB.
        region: the AWS region.

    Raises:
        AWSFailure: as `cloud.Cloud.call`.
    """
    request: dict[str, object] = {"TopicArn": topic, "Subject": _subject(subject), "Message": message}
    if topic.endswith(_FIFO):
        request |= {"MessageGroupId": _digest(subject), "MessageDeduplicationId": _digest(message)}
    reply = await cloud.call("Publish", request, region=region, lane=Lane.TRANSITION, service="sns")
    return str(reply.get("MessageId", ""))


def _subject(text: str) -> str:
    """ASCII without line breaks, which must not begin with a blank."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in text).strip()
    return plain if len(plain) <= _LONGEST_SUBJECT else f"{plain[: _LONGEST_SUBJECT - 3]}..."


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
