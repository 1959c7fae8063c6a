"""A queue that hears what a rule matches, for tests of events."""

import json
from dataclasses import dataclass
from typing import Any, Final

SAGEMAKER: Final = {"source": ["aws.sagemaker"]}
TRAINING: Final = "SageMaker Training Job State Change"


@dataclass
class Listening:
    """A queue that hears what a rule matches."""

    events: Any
    sqs: Any
    queue: str
    arn: str

    def rule(self, pattern: dict[str, Any], name: str = "all", **target: Any) -> None:
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        self.events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": self.arn, **target}])

    def texts(self) -> list[str]:
        """The bodies of all messages, deleted as they are read."""
        bodies: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            bodies.extend(message["Body"] for message in messages)
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
            self.sqs.delete_message_batch(QueueUrl=self.queue, Entries=entries)
        return bodies

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts()]


def details(heard: list[dict[str, Any]], *members: str) -> list[tuple[Any, ...]]:
    return [tuple(event["detail"][member] for member in members) for event in heard]
