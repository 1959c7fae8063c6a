"""A topic of SNS, who has subscribed to it, and what was published to it."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.resource import Json, Place

KEPT: Final = 1000
"""The messages of a topic that are remembered, the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A message as it was published.

    Attributes:
        when: in epoch seconds of the emulator's clock.
        attributes: MessageAttributes.
    """

    id: str
    topic: str
    message: str
    subject: str | None
    attributes: Json
    when: float

    def as_json(self) -> Json:
        """The message for tests and the control API; a subject only if there is one."""
        told: Json = {"MessageId": self.id, "TopicArn": self.topic, "Message": self.message, "Timestamp": self.when}
        told |= {"Subject": self.subject} if self.subject is not None else {}
        return told | ({"MessageAttributes": self.attributes} if self.attributes else {})

    def envelope(self, subscription: str, base: str) -> str:
        """What subscribers get, unless they want the message alone. It is not signed: nobody here has SNS's key.

        https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
        """
        told: Json = {"Type": "Notification", "MessageId": self.id, "TopicArn": self.topic}
        told |= {"Subject": self.subject} if self.subject is not None else {}
        told |= {"Message": self.message, "Timestamp": timestamp(self.when), **unsigned(base)}
        told["UnsubscribeURL"] = f"{base}/?Action=Unsubscribe&SubscriptionArn={subscription}"
        if self.attributes:
            told["MessageAttributes"] = {
                name: {"Type": one["DataType"], "Value": one.get("StringValue", one.get("BinaryValue", ""))}
                for name, one in self.attributes.items()
            }
        return json.dumps(told, indent=2)


@dataclass(slots=True, kw_only=True)
class Subscription:
    """Where messages go.

    Attributes:
        protocol: sqs, http or https.
        endpoint: the ARN of a queue, or a URL.
        token: what confirms it; "" once it is confirmed.
        raw: whether it gets messages alone, without an envelope.
    """

    arn: str
    protocol: str
    endpoint: str
    token: str = ""
    raw: bool = False


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic.

    Attributes:
        attributes: those that were set.
        subscriptions: by their ARNs.
        published: the latest messages, the oldest first.
    """

    arn: str
    name: str
    place: Place
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    published: deque[Published] = field(default_factory=lambda: deque(maxlen=KEPT))


def unsigned(base: str) -> dict[str, str]:
    """The members of a signed message, of one that is not."""
    return {"SignatureVersion": "1", "Signature": "", "SigningCertURL": f"{base}/not-signed.pem"}


def timestamp(when: float) -> str:
    """A time as SNS writes it, with milliseconds."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
