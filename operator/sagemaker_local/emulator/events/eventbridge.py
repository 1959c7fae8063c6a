"""EventBridge: rules on the default bus of each account and region, whose targets are queues.

Knows no HTTP and delivers nothing itself (see `delivery`). Not here: other buses, schedules, archives, pipes, other targets;
each is refused with a text that says so.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from sagemaker_local.emulator.events.documents import seconds_iso
from sagemaker_local.emulator.events.inputs import InputError, rendering
from sagemaker_local.emulator.events.matchers import PatternError
from sagemaker_local.emulator.events.patterns import Pattern, compiled
from sagemaker_local.emulator.events.queues import Ask
from sagemaker_local.emulator.events.rules import Bus, Rule, Target
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, partition

_OWN: Final = "this project's own answer"
_MOTO: Final = "moto's EventBridge"
MOST_RULES: Final = 300
MOST_TARGETS: Final = 5
"""Quotas per bus and per rule (EventBridge's User Guide)."""

NO_RULE: Final = Refusal("ResourceNotFoundException", "Rule {name} does not exist on EventBus default.", evidence=_MOTO)
NO_RESOURCE: Final = Refusal("ResourceNotFoundException", "Rule {name} does not exist.", evidence=_MOTO)
NO_BUS: Final = Refusal("ResourceNotFoundException", "Event bus {name} does not exist.", evidence=_MOTO)
HAS_TARGETS: Final = Refusal(
    VALIDATION, "Rule can't be deleted since it has targets.", evidence="terraform-provider-aws matches it; moto"
)
NOTHING_GIVEN: Final = Refusal(
    VALIDATION, "Parameter(s) EventPattern or ScheduleExpression must be specified.", evidence=_MOTO
)
BAD_PATTERN: Final = Refusal(
    "InvalidEventPatternException",
    "Event pattern is not valid. Reason: {reason}",
    evidence="quoted in public issues; the reasons: aws/event-ruler, JsonRuleCompiler",
)
NO_SCHEDULES: Final = Refusal(
    "NotEmulated", "sagemaker-local has no scheduled rules; give rule {name} an EventPattern instead.", evidence=_OWN
)
ONLY_QUEUES: Final = Refusal(
    "NotEmulated",
    "sagemaker-local delivers events to standard SQS queues only; target {id} is {arn}.",
    evidence=_OWN,
)
BAD_INPUT: Final = Refusal(VALIDATION, "Invalid input of target {id}: {reason}.", evidence=_OWN)
NO_EVENT: Final = Refusal(VALIDATION, "Parameter Event is not valid. Reason: it is not a JSON object.", evidence=_OWN)
OVER_LIMIT: Final = Refusal(
    "LimitExceededException",
    "The requested resource exceeds the maximum number allowed.",
    evidence=f"code: the service model; the text: {UNVERIFIED}",
)
BOTH_STATES: Final = Refusal(
    "NotEmulated",
    "sagemaker-local has no managed CloudTrail events; a rule's state is ENABLED or DISABLED.",
    evidence=_OWN,
)

Publish = Callable[[Bus, str, str, Callable[[], Json]], None]
Operation = Callable[[Ask], Json]


class EventBridge:
    """EventBridge of one emulator. Not thread-safe by itself; `Events` holds the lock.

    Attributes:
        buses: those on which somebody has put a rule.
    """

    def __init__(self, publish: Publish, identity: Callable[[], str]) -> None:
        self.buses: dict[Place, Bus] = {}
        self._publish = publish
        self._identity = identity
        self.operations: dict[str, Operation] = {
            "PutRule": self._put_rule,
            "DeleteRule": self._delete_rule,
            "DescribeRule": lambda ask: _described(self._rule(ask, ask.request["Name"], NO_RESOURCE)),
            "ListRules": self._list_rules,
            "EnableRule": lambda ask: self._switch(ask, enabled=True),
            "DisableRule": lambda ask: self._switch(ask, enabled=False),
            "PutTargets": self._put_targets,
            "RemoveTargets": self._remove_targets,
            "ListTargetsByRule": self._list_targets,
            "ListRuleNamesByTarget": self._list_names,
            "PutEvents": self._put_events,
            "TestEventPattern": self._test_pattern,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": self._list_tags,
            "ListEventBuses": lambda ask: {"EventBuses": _named([_bus(ask)], ask.request.get("NamePrefix", ""))},
            "DescribeEventBus": self._describe_bus,
        }

    def at(self, place: Place) -> Bus:
        """The default bus of an account and region."""
        return self.buses.setdefault(place, Bus(place))

    def clear(self) -> None:
        """Forget every rule."""
        self.buses.clear()

    def _put_rule(self, ask: Ask) -> Json:
        request, bus = ask.request, self._bus(ask)
        name, text = request["Name"], request.get("EventPattern")
        if "ScheduleExpression" in request:
            raise NO_SCHEDULES.error(name=name)
        if not text:
            raise NOTHING_GIVEN.error()
        if request.get("State", "ENABLED") not in {"ENABLED", "DISABLED"}:
            raise BOTH_STATES.error()
        pattern = _pattern(text)
        rule = bus.rules.get(name)
        if rule is None:
            if len(bus.rules) >= MOST_RULES:
                raise OVER_LIMIT.error()
            rule = bus.rules[name] = Rule(name, _rule_arn(ask.place, name), text, pattern, enabled=True)
            rule.tags = _tags(request.get("Tags", ()))
        rule.text, rule.pattern, rule.enabled = text, pattern, request.get("State", "ENABLED") == "ENABLED"
        rule.description, rule.role = request.get("Description"), request.get("RoleArn")
        bus.changed()
        return {"RuleArn": rule.arn}

    def _delete_rule(self, ask: Ask) -> Json:
        bus = self._bus(ask)
        rule = bus.rules.get(ask.request["Name"])
        if rule is not None:
            if rule.targets:
                raise HAS_TARGETS.error()
            del bus.rules[rule.name]
            bus.changed()
        return {}

    def _switch(self, ask: Ask, *, enabled: bool) -> Json:
        self._rule(ask, ask.request["Name"], NO_RESOURCE).enabled = enabled
        self._bus(ask).changed()
        return {}

    def _list_rules(self, ask: Ask) -> Json:
        rules = [_described(rule) for _, rule in sorted(self._bus(ask).rules.items())]
        return _page(ask, "Rules", _named(rules, ask.request.get("NamePrefix", "")))

    def _put_targets(self, ask: Ask) -> Json:
        rule = self._rule(ask, ask.request["Rule"], NO_RULE)
        made: dict[str, Target] = {}
        for given in ask.request["Targets"]:
            arn = given["Arn"]
            if arn.split(":")[2:3] != ["sqs"] or arn.endswith(".fifo"):
                raise ONLY_QUEUES.error(id=given["Id"], arn=arn)
            try:
                made[given["Id"]] = Target(given, rendering(given))
            except InputError as wrong:
                raise BAD_INPUT.error(id=given["Id"], reason=wrong) from None
        if len(rule.targets | made) > MOST_TARGETS:
            raise OVER_LIMIT.error()
        rule.targets |= made
        self._bus(ask).changed()
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def _remove_targets(self, ask: Ask) -> Json:
        rule = self._rule(ask, ask.request["Rule"], NO_RULE)
        for identity in ask.request["Ids"]:
            rule.targets.pop(identity, None)
        self._bus(ask).changed()
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def _list_targets(self, ask: Ask) -> Json:
        rule = self._rule(ask, ask.request["Rule"], NO_RULE)
        return _page(ask, "Targets", [target.given for target in rule.targets.values()])

    def _list_names(self, ask: Ask) -> Json:
        arn = ask.request["TargetArn"]
        rules = sorted(self._bus(ask).rules.values(), key=lambda rule: rule.name)
        return _page(ask, "RuleNames", [r.name for r in rules if any(t.arn == arn for t in r.targets.values())])

    def _put_events(self, ask: Ask) -> Json:
        entries = [self._put_event(ask, entry) for entry in ask.request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in entry for entry in entries), "Entries": entries}

    def _put_event(self, ask: Ask, entry: Json) -> Json:
        for member in ("Source", "DetailType", "Detail"):
            if not entry.get(member):
                reason = f"Parameter {member} is not valid. Reason: {member} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
        source: str = entry["Source"]
        if source.startswith("aws."):
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
        try:
            content = json.loads(entry["Detail"])
            json.dumps(content, allow_nan=False)
        except (ValueError, RecursionError):
            content = None
        if type(content) is not dict:
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        try:
            time = seconds_iso(entry.get("Time", ask.now))
        except (ValueError, OverflowError, OSError):
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": "Parameter Time is not valid."}
        bus, identity = self._bus(ask, entry.get("EventBusName")), self._identity()
        made = {
            "version": "0", "id": identity, "detail-type": entry["DetailType"], "source": source,
            "account": ask.place.account, "time": time, "region": ask.place.region,
            "resources": entry.get("Resources", []), "detail": content,
        }  # fmt: skip
        self._publish(bus, source, entry["DetailType"], lambda: made)
        return {"EventId": identity}

    def _test_pattern(self, ask: Ask) -> Json:
        pattern = _pattern(ask.request["EventPattern"])
        try:
            given = json.loads(ask.request["Event"])
        except (ValueError, RecursionError):
            given = None
        if type(given) is not dict:
            raise NO_EVENT.error()
        return {"Result": pattern.matches(given)}

    def _tag(self, ask: Ask) -> Json:
        self._by_arn(ask).tags |= _tags(ask.request["Tags"])
        return {}

    def _untag(self, ask: Ask) -> Json:
        tags = self._by_arn(ask).tags
        for key in ask.request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def _list_tags(self, ask: Ask) -> Json:
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._by_arn(ask).tags.items()]}

    def _describe_bus(self, ask: Ask) -> Json:
        _only_default(ask.request.get("Name"))
        return _bus(ask)

    def _by_arn(self, ask: Ask) -> Rule:
        arn: str = ask.request["ResourceARN"]
        return self._rule(ask, arn.rpartition("/")[2], NO_RESOURCE)

    def _rule(self, ask: Ask, name: str, missing: Refusal) -> Rule:
        rule = self._bus(ask).rules.get(name)
        if rule is None:
            raise missing.error(name=name)
        return rule

    def _bus(self, ask: Ask, name: str | None = None) -> Bus:
        _only_default(name or ask.request.get("EventBusName"))
        return self.at(ask.place)


def _only_default(name: str | None) -> None:
    if name is not None and name.rpartition("/")[2] != "default":
        raise NO_BUS.error(name=name.rpartition("/")[2])


def _pattern(text: str) -> Pattern:
    try:
        return compiled(text)
    except PatternError as wrong:
        raise BAD_PATTERN.error(reason=wrong) from None


def _rule_arn(place: Place, name: str) -> str:
    return f"arn:{partition(place.region)}:events:{place.region}:{place.account}:rule/{name}"


def _described(rule: Rule) -> Json:
    told = {
        "Name": rule.name, "Arn": rule.arn, "EventPattern": rule.text, "EventBusName": "default",
        "State": "ENABLED" if rule.enabled else "DISABLED", "Description": rule.description, "RoleArn": rule.role,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _bus(ask: Ask) -> Json:
    place = ask.place
    arn = f"arn:{partition(place.region)}:events:{place.region}:{place.account}:event-bus/default"
    return {"Name": "default", "Arn": arn}


def _named(rows: list[Json], prefix: str) -> list[Json]:
    return [row for row in rows if row["Name"].startswith(prefix)]


def _page(ask: Ask, member: str, rows: list[Any]) -> Json:
    token = ask.request.get("NextToken", "0")
    start = int(token) if token.isascii() and token.isdigit() else 0
    end = start + ask.request.get("Limit", 100)
    return {member: rows[start:end], **({"NextToken": str(end)} if end < len(rows) else {})}


def _tags(rows: Iterable[Json]) -> dict[str, str]:
    return {row["Key"]: row["Value"] for row in rows}
