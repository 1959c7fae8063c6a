"""EventBridge rules and SQS queues for the events of the emulated SageMaker.

A change of a resource (`Events.noticed`) becomes an event if a rule may want it (`kinds`, `documents`), is matched by the rules
of the account's default bus (`patterns`, `matchers`, `rules`) and delivered to queues (`delivery`, `inputs`, `policy`), from
which readers receive it (`queue`, `queues`, `sqs`). `eventbridge` and `sqs` are the two services' operations; `front` is their
wire.
"""

from sagemaker_local.emulator.events.events import Events

__all__ = ["Events"]
