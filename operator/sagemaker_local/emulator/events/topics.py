"""SNS: topics, their subscriptions, and publishing to them.

Subscribers are standard queues of the emulated SQS, and HTTP servers on this machine; others are refused with a text that says
so. Not as in AWS: messages are not signed, and a topic's policy is kept and not read; only another account's topic must have one.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from sagemaker_local.emulator.events.posting import Posting, reachable
from sagemaker_local.emulator.events.queues import Ask
from sagemaker_local.emulator.events.sqs import Sqs
from sagemaker_local.emulator.events.topic import Published, Subscription, Topic, timestamp, unsigned
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Place, partition

_MOTO: Final = "moto's SNS"
_INVALID: Final = "InvalidParameter"
_OWN: Final = "this project's own answer"
MISSING: Final = Refusal("NotFound", "Topic does not exist", evidence=_MOTO, status=404)
NO_SUBSCRIPTION: Final = Refusal("NotFound", "Subscription does not exist", evidence=_MOTO, status=404)
NO_RESOURCE: Final = Refusal("ResourceNotFound", "Resource does not exist", evidence=_MOTO, status=404)
BAD_NAME: Final = Refusal(_INVALID, "Invalid parameter: Topic Name", evidence="awspring/spring-cloud-aws#588")
ELSEWHERE: Final = Refusal(
    _INVALID, "Invalid parameter: {member}", evidence="boto/boto3#1084, mozilla/security#8, ex-aws/ex_aws#402"
)
NOT_ALLOWED: Final = Refusal(
    "AuthorizationError",
    "User: arn:aws:sts::{account}:assumed-role/sagemaker-local/session is not authorized to perform: SNS:Publish on resource: "
    "{arn} because no resource-based policy allows the SNS:Publish action",
    evidence="code and sentence: aws-samples/aws-marketplace-serverless-saas-integration#11; who asks is this project's own",
    status=403,
)
TOO_LONG: Final = Refusal(_INVALID, "Invalid parameter: Message too long", evidence=_MOTO)
EMPTY: Final = Refusal(_INVALID, "Invalid parameter: Empty message", evidence=UNVERIFIED)
BAD_SUBJECT: Final = Refusal(_INVALID, "Invalid parameter: Subject", evidence=UNVERIFIED)
BAD_STRUCTURE: Final = Refusal(
    _INVALID, "Invalid parameter: Message Structure - No default entry in JSON message body", evidence=UNVERIFIED
)
BAD_QUEUE: Final = Refusal(_INVALID, "Invalid parameter: SQS endpoint ARN", evidence=_MOTO)
BAD_TOKEN: Final = Refusal(_INVALID, "Invalid parameter: Token", evidence=UNVERIFIED)
NOT_HERE: Final = Refusal("NotEmulated", "sagemaker-local's SNS has no {what}; {instead}.", evidence=_OWN)
LONGEST: Final = 262_144
"""Bytes of the largest message (Publish in the API reference)."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_QUEUE: Final = re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}")
_PAGE: Final = 100
_PENDING: Final = "pending confirmation"

Operation = Callable[[Ask], Json]


class Topics:
    """SNS of one emulator. Not thread-safe by itself; `Events` holds the lock.

    Args:
        identity: makes an id.
    """

    def __init__(self, sqs: Sqs, identity: Callable[[], str]) -> None:
        self._sqs, self._identity = sqs, identity
        self.posting = Posting()
        self.topics: dict[str, Topic] = {}
        self.operations: dict[str, Operation] = {
            "CreateTopic": self._create,
            "DeleteTopic": lambda ask: self._delete(ask.request["TopicArn"]),
            "ListTopics": self._listed,
            "GetTopicAttributes": lambda ask: {"Attributes": self._attributes(self._at(ask))},
            "SetTopicAttributes": self._set,
            "Subscribe": self._subscribe,
            "ConfirmSubscription": self._confirm,
            "Unsubscribe": self._unsubscribe,
            "ListSubscriptions": self._all_subscriptions,
            "ListSubscriptionsByTopic": lambda ask: _page(ask, "Subscriptions", _rows(self._at(ask))),
            "GetSubscriptionAttributes": self._subscription_attributes,
            "SetSubscriptionAttributes": self._set_subscription,
            "Publish": self._publish,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": lambda ask: {"Tags": _pairs(self._tagged(ask).tags)},
        }

    def clear(self) -> None:
        """Forget every topic."""
        self.topics.clear()

    def send(self, topic: Topic, published: Published, *, base: str, ticks: float, structured: bool = False) -> None:
        """Keep a message, and take it to every subscriber that is confirmed."""
        topic.published.append(published)
        by_protocol = json.loads(published.message) if structured else {}
        for one in topic.subscriptions.values():
            if one.token:
                continue
            text = by_protocol.get(one.protocol, by_protocol.get("default", published.message))
            chosen = Published(
                id=published.id, topic=published.topic, message=text, subject=published.subject,
                attributes=published.attributes, when=published.when,
            )  # fmt: skip
            body = text if one.raw else chosen.envelope(one.arn, base)
            if one.protocol == "sqs":
                queue = self._sqs.queues.by_arn(one.endpoint)
                if queue is not None:
                    self._sqs.deliver(queue, body, now=published.when, ticks=ticks)
            else:
                self.posting.post(one.endpoint, body, _headers("Notification", published.id, topic.arn, one.arn))

    def _create(self, ask: Ask) -> Json:
        name, given = ask.request["Name"], ask.request.get("Attributes", {})
        if name.endswith(".fifo") or given.get("FifoTopic") == "true":
            raise NOT_HERE.error(what="FIFO topics", instead="create a standard topic")
        if not _NAME.fullmatch(name):
            raise BAD_NAME.error()
        arn = f"arn:{partition(ask.place.region)}:sns:{ask.place.region}:{ask.place.account}:{name}"
        made = Topic(arn=arn, name=name, place=ask.place, attributes=dict(given), tags=_tags(ask.request))
        self.topics.setdefault(arn, made)
        return {"TopicArn": arn}

    def _delete(self, arn: str) -> Json:
        """DeleteTopic: a topic that is not there is no error (API reference)."""
        self.topics.pop(arn, None)
        return {}

    def _listed(self, ask: Ask) -> Json:
        rows = [{"TopicArn": topic.arn} for topic in self.topics.values() if topic.place == ask.place]
        return _page(ask, "Topics", rows)

    def _attributes(self, topic: Topic) -> Json:
        waiting = sum(bool(one.token) for one in topic.subscriptions.values())
        return {
            "TopicArn": topic.arn,
            "Owner": topic.place.account,
            "DisplayName": "",
            "SubscriptionsConfirmed": str(len(topic.subscriptions) - waiting),
            "SubscriptionsPending": str(waiting),
            "SubscriptionsDeleted": "0",
            **topic.attributes,
        }

    def _set(self, ask: Ask) -> Json:
        self._at(ask).attributes[ask.request["AttributeName"]] = ask.request.get("AttributeValue", "")
        return {}

    def _subscribe(self, ask: Ask) -> Json:
        topic, request = self._at(ask), ask.request
        protocol, endpoint = request["Protocol"], request.get("Endpoint", "")
        attributes = request.get("Attributes", {})
        _check_subscriber(protocol, endpoint, attributes)
        same = (one for one in topic.subscriptions.values() if (one.protocol, one.endpoint) == (protocol, endpoint))
        found = next(same, None)
        if found is None:
            arn = f"{topic.arn}:{self._identity()}"
            raw = attributes.get("RawMessageDelivery", "false").lower() == "true"
            token = "" if protocol == "sqs" else self._identity().replace("-", "")
            found = topic.subscriptions[arn] = Subscription(
                arn=arn, protocol=protocol, endpoint=endpoint, token=token, raw=raw
            )
        if found.token:
            self._ask_to_confirm(topic, found, ask)
        told = found.arn if not found.token or request.get("ReturnSubscriptionArn") else _PENDING
        return {"SubscriptionArn": told}

    def _ask_to_confirm(self, topic: Topic, one: Subscription, ask: Ask) -> None:
        """https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html"""
        about, identity = f"TopicArn={topic.arn}&Token={one.token}", self._identity()
        text = f"You have chosen to subscribe to the topic {topic.arn}.\nTo confirm, visit the SubscribeURL in this message."
        told = {
            "Type": "SubscriptionConfirmation", "MessageId": identity, "Token": one.token, "TopicArn": topic.arn,
            "Message": text, "SubscribeURL": f"{ask.base}/?Action=ConfirmSubscription&{about}",
            "Timestamp": timestamp(ask.now), **unsigned(ask.base),
        }  # fmt: skip
        headers = _headers("SubscriptionConfirmation", identity, topic.arn)
        self.posting.post(one.endpoint, json.dumps(told, indent=2), headers)

    def _confirm(self, ask: Ask) -> Json:
        for one in self._at(ask).subscriptions.values():
            if one.token and one.token == ask.request["Token"]:
                one.token = ""
                return {"SubscriptionArn": one.arn}
        raise BAD_TOKEN.error()

    def _unsubscribe(self, ask: Ask) -> Json:
        """Unsubscribe: a subscription that is not there is no error."""
        for topic in self.topics.values():
            topic.subscriptions.pop(ask.request["SubscriptionArn"], None)
        return {}

    def _all_subscriptions(self, ask: Ask) -> Json:
        mine = (topic for topic in self.topics.values() if topic.place == ask.place)
        return _page(ask, "Subscriptions", [row for topic in mine for row in _rows(topic)])

    def _subscription_attributes(self, ask: Ask) -> Json:
        topic, one = self._subscription(ask)
        return {
            "Attributes": {
                "SubscriptionArn": one.arn, "TopicArn": topic.arn, "Protocol": one.protocol, "Endpoint": one.endpoint,
                "Owner": topic.place.account, "RawMessageDelivery": str(one.raw).lower(),
                "PendingConfirmation": str(bool(one.token)).lower(),
            }
        }  # fmt: skip

    def _set_subscription(self, ask: Ask) -> Json:
        name = ask.request["AttributeName"]
        if name != "RawMessageDelivery":
            raise NOT_HERE.error(what=f"{name} of subscriptions", instead="RawMessageDelivery may be set")
        _, one = self._subscription(ask)
        one.raw = ask.request.get("AttributeValue", "").lower() == "true"
        return {}

    def _publish(self, ask: Ask) -> Json:
        request = ask.request
        if "PhoneNumber" in request:
            raise NOT_HERE.error(what="text messages to phones", instead="publish to a topic")
        topic = self._at(ask, "TopicArn" if "TopicArn" in request else "TargetArn")
        if topic.place.account != ask.place.account and "Policy" not in topic.attributes:
            raise NOT_ALLOWED.error(account=ask.place.account, arn=topic.arn)
        structured = request.get("MessageStructure") == "json"
        _check_message(request, structured=structured)
        published = Published(
            id=self._identity(), topic=topic.arn, message=request["Message"], subject=request.get("Subject"),
            attributes=request.get("MessageAttributes", {}), when=ask.now,
        )  # fmt: skip
        self.send(topic, published, base=ask.base, ticks=ask.ticks, structured=structured)
        return {"MessageId": published.id}

    def _tag(self, ask: Ask) -> Json:
        self._tagged(ask).tags.update(_tags(ask.request))
        return {}

    def _untag(self, ask: Ask) -> Json:
        for key in ask.request["TagKeys"]:
            self._tagged(ask).tags.pop(key, None)
        return {}

    def _tagged(self, ask: Ask) -> Topic:
        found = self.topics.get(ask.request["ResourceArn"])
        if found is None:
            raise NO_RESOURCE.error()
        return found

    def _subscription(self, ask: Ask) -> tuple[Topic, Subscription]:
        arn = ask.request["SubscriptionArn"]
        found = self.topics.get(arn.rpartition(":")[0])
        if found is None or arn not in found.subscriptions:
            raise NO_SUBSCRIPTION.error()
        return found, found.subscriptions[arn]

    def _at(self, ask: Ask, member: str = "TopicArn") -> Topic:
        """The topic that a request names, which has to be in the region that the request is signed for."""
        arn = ask.request.get(member, "")
        if arn.split(":")[2:4] != ["sns", ask.place.region]:
            raise ELSEWHERE.error(member=member)
        if arn not in self.topics:
            raise MISSING.error()
        return self.topics[arn]


def topic_place(arn: str) -> Place:
    """The account and region of a topic."""
    region, account = arn.split(":")[3:5]
    return Place(account, region)


def _check_subscriber(protocol: str, endpoint: str, attributes: Json) -> None:
    if "FilterPolicy" in attributes:
        raise NOT_HERE.error(what="filter policies", instead="subscribe to all messages")
    if protocol == "sqs":
        if not _QUEUE.fullmatch(endpoint):
            raise BAD_QUEUE.error()
    elif protocol not in ("http", "https") or not reachable(endpoint):
        instead = "it delivers to standard SQS queues, and over HTTP to servers on this machine (127.0.0.1)"
        raise NOT_HERE.error(what=f"delivery by {protocol} to {endpoint or 'nobody'}", instead=instead)


def _check_message(request: Json, *, structured: bool) -> None:
    message, subject = request["Message"], request.get("Subject")
    if not message:
        raise EMPTY.error()
    if len(message.encode(errors="replace")) > LONGEST:
        raise TOO_LONG.error()
    if subject is not None and (not 0 < len(subject) <= 100 or not subject.isascii() or "\n" in subject):
        raise BAD_SUBJECT.error()
    if structured and not _has_default(message):
        raise BAD_STRUCTURE.error()


def _has_default(message: str) -> bool:
    try:
        found = json.loads(message)
    except ValueError:
        return False
    return isinstance(found, dict) and isinstance(found.get("default"), str)


def _headers(kind: str, identity: str, topic: str, subscription: str = "") -> dict[str, str]:
    """https://docs.aws.amazon.com/sns/latest/dg/http-header.html"""
    told = {"x-amz-sns-message-type": kind, "x-amz-sns-message-id": identity, "x-amz-sns-topic-arn": topic}
    return told | ({"x-amz-sns-subscription-arn": subscription} if subscription else {})


def _rows(topic: Topic) -> list[Json]:
    return [
        {
            "SubscriptionArn": "PendingConfirmation" if one.token else one.arn, "Owner": topic.place.account,
            "Protocol": one.protocol, "Endpoint": one.endpoint, "TopicArn": topic.arn,
        }
        for one in topic.subscriptions.values()
    ]  # fmt: skip


def _page(ask: Ask, member: str, rows: list[Any]) -> Json:
    token = ask.request.get("NextToken", "")
    start = int(token) if token.isdecimal() else 0
    more = {"NextToken": str(start + _PAGE)} if start + _PAGE < len(rows) else {}
    return {member: rows[start : start + _PAGE], **more}


def _tags(request: Json) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in request.get("Tags", ())}


def _pairs(tags: dict[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
