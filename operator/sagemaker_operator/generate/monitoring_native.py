"""What SageMaker refuses about a monitoring schedule, as rules: when it can run one, and what it knows of the short form.

The forms are those of https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ScheduleConfig.html, whose own examples have
a word before them that SageMaker refuses (https://github.com/aws/sagemaker-python-sdk/issues/2629).
"""

from sagemaker_operator.kinds import Kind
from sagemaker_operator.kinds.monitoring_form import CONFIG, PLAIN, SAGEMAKER
from sagemaker_operator.model.schema import Schema

from . import rules

_FORMS = (
    "cron(0 * ? * * *) for every hour, cron(0 12 ? * * *) for every day at an hour, cron(0 6/12 ? * * *) for every so many hours"
    " from an hour on, all in UTC, or NOW for once"
)
_PLAIN_FORMS = (
    "0 * * * * or @hourly, 0 12 * * * or @daily, 0 */6 * * * (1, 2, 3, 4, 6, 8 or 12 hours), or SageMaker's own,"
    " as cron(0 * ? * * *)"
)
_OWN_CLOCK = "for any other time set engine: Operator"
_NATIVE = "(has(self.engine) && self.engine == 'Native')"


def constrain(schema: Schema, kind: Kind) -> None:
    """Add the rules to the schema of the spec of the kind that can be left to the operator."""
    if kind.left_to_us is None:
        return
    config = schema["properties"][CONFIG]["properties"]["scheduleConfig"]
    _of_expression(config["properties"]["scheduleExpression"])
    rules.add(
        config,
        {
            "rule": "self.scheduleExpression != 'NOW' || (has(self.dataAnalysisStartTime) && has(self.dataAnalysisEndTime))",
            "message": (
                "scheduleExpression NOW needs dataAnalysisStartTime and dataAnalysisEndTime, at most 24 hours apart: -PT1H and"
                " -PT0H are the last hour"
            ),
            "fieldPath": ".scheduleExpression",
        },
    )
    _of_short_form(schema)


def _of_expression(expression: Schema) -> None:
    """One hint at a time: what has a word in front is right without it."""
    rules.add(
        expression,
        {
            "rule": "!self.matches('^ *[A-Za-z]+ *: *cron')",
            "message": "leave out the word before cron(: cron(0 * ? * * *) is every hour",
        },
    )
    rules.add(
        expression,
        {
            "rule": f"self.matches('^ *[A-Za-z]+ *: *cron') || self.matches('{SAGEMAKER}')",
            "message": f"SageMaker takes {_FORMS}; {_OWN_CLOCK}",
        },
    )


def _of_short_form(schema: Schema) -> None:
    rules.add(
        schema,
        {
            "rule": f"!{_NATIVE} || !has(self.schedule) || self.schedule.matches('{PLAIN}')",
            "message": f"with engine Native schedule is one of {_PLAIN_FORMS}; {_OWN_CLOCK}",
            "fieldPath": ".schedule",
        },
    )
    rules.add(
        schema,
        {
            "rule": f"!{_NATIVE} || !has(self.source) || !has(self.source.s3)",
            "message": "SageMaker reads what endpoints and batch transforms captured: for source.s3 set engine: Operator",
            "fieldPath": ".source",
        },
    )
