"""The entrance to Application Auto Scaling (AWS JSON 1.1), for requests about SageMaker.

Knows no HTTP server: it takes headers and a body and gives an answer, None for what is moto's to answer, or says that the
connection is to be cut.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from sagemaker_local.emulator import model, wire
from sagemaker_local.emulator.faults import ANSWERS, Effect, Fault, Faults
from sagemaker_local.emulator.front import CUT_BY, Answer
from sagemaker_local.emulator.journal import Entry, Journal
from sagemaker_local.emulator.paging import plain_position, plain_token
from sagemaker_local.emulator.refusal import Refusal, ServiceError
from sagemaker_local.emulator.resource import Json, Place, partition
from sagemaker_local.emulator.scaling.targets import Targets
from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.validation import complaints, refuse

TARGET: Final = "AnyScaleFrontendService."
SERVICE: Final = "application-autoscaling"
_PAGE: Final = 50

DENIED: Final = Refusal(
    "AccessDeniedException",
    "User: arn:{partition}:sts::{account}:assumed-role/sagemaker-local/session is not authorized to perform: "
    "application-autoscaling:{operation} on resource: {resource} because no identity-based policy allows the "
    "application-autoscaling:{operation} action",
    evidence="the sentence is IAM's own, quoted in many public issues",
)
NO_TOKEN: Final = Refusal(
    "InvalidNextTokenException",
    "The next token supplied was invalid.",
    evidence="the code: the service model; the text: its documentation, nearly",
)


class ScalingFront:
    """The entrance to Application Auto Scaling.

    Args:
        service: whose resources are scaled.
        targets: what is registered.
        journal: what was asked.
        faults: what goes wrong on request.
        account_of: the account that an access key belongs to.
    """

    def __init__(
        self,
        service: SageMaker,
        targets: Targets,
        journal: Journal,
        faults: Faults,
        account_of: Callable[[str], str],
    ) -> None:
        self._service, self._targets, self._journal = service, targets, journal
        self._faults, self._account_of = faults, account_of
        self._changes = {
            "RegisterScalableTarget": targets.register,
            "DeregisterScalableTarget": targets.deregister,
            "PutScalingPolicy": targets.put_policy,
            "DeleteScalingPolicy": targets.delete_policy,
            "PutScheduledAction": targets.put_action,
            "DeleteScheduledAction": targets.delete_action,
        }
        self._lists = {
            "DescribeScalableTargets": ("ScalableTargets", targets.targets),
            "DescribeScalingPolicies": ("ScalingPolicies", targets.policies),
            "DescribeScheduledActions": ("ScheduledActions", targets.actions),
            "DescribeScalingActivities": ("ScalingActivities", targets.activities),
        }

    def concerns(self, headers: Mapping[str, str]) -> bool:
        """Whether a request may be about SageMaker's targets."""
        operation = headers.get("X-Amz-Target", "").removeprefix(TARGET)
        return headers.get("X-Amz-Target", "").startswith(TARGET) and operation in {*self._changes, *self._lists}

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to one request that concerns targets; None means that it is moto's to give.

        Raises:
            ConnectionAbortedError: the connection is to be cut without an answer.
        """
        operation, scope = headers.get("X-Amz-Target", "").removeprefix(TARGET), wire.scope(headers)
        request = wire.decode(body)
        if scope is None or request.get("ServiceNamespace") != "sagemaker":
            return None
        place = Place(self._account_of(scope.access_key), scope.region)
        reply, outcome = await self._outcome(operation, request, place)
        self._journal.add(
            Entry(
                time=self._service.world.clock.now(),
                operation=operation,
                account=place.account,
                region=place.region,
                caller=headers.get("User-Agent", ""),
                asked=wire.encode(request),
                outcome=outcome,
                committed=outcome in ("ok", "lost"),
            )
        )
        if reply is None:
            raise ConnectionAbortedError
        return reply

    async def _outcome(self, operation: str, request: Json, place: Place) -> tuple[Answer | None, str]:
        """The answer, None if the client hears none, and how it ended, as the journal tells it."""
        try:
            fault = self._faults.choose(operation, request, place.account)
            if fault is not None and fault.effect in CUT_BY:
                await asyncio.sleep(fault.seconds)
                return None, CUT_BY[fault.effect]
            if fault is not None and fault.effect is not Effect.LOSE_REPLY:
                _refuse(fault, operation, place)
            with self._service.lock:
                reply = self._perform(operation, request, place)
        except ServiceError as error:
            return Answer(error.status, wire.encode({"__type": error.code, "Message": error.text})), error.code
        if fault is not None and fault.effect is Effect.LOSE_REPLY:
            return None, "lost"
        return Answer(200, wire.encode(reply)), "ok"

    def _perform(self, operation: str, request: Json, place: Place) -> Json:
        self._service.machine.run(self._service.world.clock.now())
        shape = model.service_model(SERVICE).operation_model(operation).input_shape
        assert shape is not None, f"{operation} takes no input"
        refuse(complaints(shape.name, request, service=SERVICE))
        if operation in self._changes:
            return self._changes[operation](request, place)
        member, listed = self._lists[operation]
        found, start = listed(request, place), plain_position(request.get("NextToken"), NO_TOKEN)
        size = int(request.get("MaxResults", _PAGE))
        more = {"NextToken": plain_token(start + size)} if start + size < len(found) else {}
        return {member: found[start : start + size], **more}


def _refuse(fault: Fault, operation: str, place: Place) -> None:
    refusal = DENIED if fault.effect is Effect.DENY else ANSWERS.get(fault.effect)
    if refusal is not None:
        where = partition(place.region)
        about = f"arn:{where}:application-autoscaling:{place.region}:{place.account}:scalable-target/*"
        raise refusal.error(partition=where, account=place.account, operation=operation, resource=about)
