"""What SageMaker refuses about the variants of an endpoint, as rules: of an EndpointConfig, and of what describes one in place.

The facts are those of the API reference, but for what serverless variants exclude, which is "Feature exclusions" in
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html, what shadow variants exclude,
https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html, and what roll-outs in steps exclude,
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html. What only AWS can tell, it tells.
"""

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.schema import Schema

from . import rules

_LIST = "productionVariants"
_SERVERLESS = f"self.{_LIST}.exists(v, has(v.serverlessConfig))"
# Of a spec in which an Endpoint describes variants or names a configuration, and of one that always has them.
_ANY = f"!has(self.{_LIST}) || "
_NOT_SERVERLESS = ("dataCaptureConfig", "asyncInferenceConfig", "shadowProductionVariants", "vpcConfig")
_OF_INSTANCES = (
    *("instanceType", "initialInstanceCount", "instancePools", "managedInstanceScaling", "acceleratorType"),
    *("volumeSizeInGB", "capacityReservationConfig"),
)
_SIZED = "has(self.serverlessConfig) || (has(self.instanceType) != has(self.instancePools) && has(self.initialInstanceCount))"
_NEEDED = "initialInstanceCount and one of instanceType and instancePools are required without serverlessConfig"


def constrain(spec: Schema, kind: Kind) -> None:
    """Add the rules to the schema of the spec of an EndpointConfig, or of what describes one in place."""
    if kind.inline is None and kind.name != "EndpointConfig":
        return
    if kind.inline is not None:
        # The rules on the fields of an EndpointConfig came with them; a recommendation stands in for instances here.
        variant = spec["properties"][_LIST]["items"]
        variant["x-kubernetes-validations"] = [r for r in rules.of(variant) if r["message"] != _NEEDED]
        sized = f"has(self.recommendationRef) || {_SIZED}"
        _refuse(variant, sized, f"{_NEEDED}; recommendationRef can stand in for both", "instanceType")
        _of_all(spec, _ANY)
        _of_canary(spec)
        _of_roll_out(spec)
        return
    _of_all(spec, "")
    for name in (_LIST, "shadowProductionVariants"):
        _of_each(spec["properties"][name]["items"])
    _of_capture(spec["properties"]["dataCaptureConfig"])


def _of_all(spec: Schema, unless: str) -> None:
    """The rules about variants together, and about what stands beside them."""
    excluded = " || ".join(f"has(self.{name})" for name in _NOT_SERVERLESS)
    _refuse(
        spec,
        f"{unless}self.{_LIST}.exists(v, !has(v.initialVariantWeight) || v.initialVariantWeight > 0.0)",
        f"{_LIST}: one initialVariantWeight at least must be above 0, or no variant gets requests",
        _LIST,
    )
    _refuse(
        spec,
        f"{unless}!{_SERVERLESS} || !({excluded} || self.{_LIST}.size() > 1)",
        f"serverlessConfig goes with a single variant, and without {', '.join(_NOT_SERVERLESS)}: SageMaker has these for "
        "instances alone",
        _LIST,
    )
    _refuse(
        spec,
        f"!has(self.shadowProductionVariants) || (has(self.{_LIST}) && self.{_LIST}.size() == 1 && "
        "self.shadowProductionVariants.size() == 1 && !has(self.asyncInferenceConfig))",
        f"shadowProductionVariants: one shadow variant stands beside exactly one of {_LIST}, without asyncInferenceConfig",
        "shadowProductionVariants",
    )


def _of_each(variant: Schema) -> None:
    there = " || ".join(f"has(self.{name})" for name in _OF_INSTANCES)
    _refuse(
        variant,
        f"!has(self.serverlessConfig) || !({there})",
        f"{', '.join(_OF_INSTANCES)} do not go with serverlessConfig",
        "serverlessConfig",
    )
    _refuse(variant, _SIZED, _NEEDED, "instanceType")


def _of_capture(capture: Schema) -> None:
    # A slash of ours and one of SageMaker's would make a prefix with two, which Model Monitor does not find:
    # https://github.com/aws/amazon-sagemaker-examples/issues/1938
    rules.add(
        capture["properties"]["destinationS3URI"],
        {"rule": "!self.endsWith('/')", "message": "destinationS3URI must not end with a slash"},
    )


def _of_canary(spec: Schema) -> None:
    _refuse(
        spec,
        f"!has(self.canary) || !has(self.{_LIST}) || self.{_LIST}.all(v, v.variantName != "
        "(has(self.canary.variantName) ? self.canary.variantName : 'canary'))",
        f"canary.variantName (default: canary) must be another than that of {_LIST}",
        "canary",
    )
    _refuse(
        spec,
        "!has(self.canary) || !has(self.shadowProductionVariants)",
        "canary and shadowProductionVariants exclude each other",
        "canary",
    )


def _of_roll_out(spec: Schema) -> None:
    """The rules about ``deploymentConfig``."""
    deployment = spec["properties"]["deploymentConfig"]
    rules.add(deployment, rules.one_of([["blueGreenUpdatePolicy"], ["rollingUpdatePolicy"]], required=False))
    routing = deployment["properties"]["blueGreenUpdatePolicy"]["properties"]["trafficRoutingConfiguration"]
    for kind, size in (("CANARY", "canarySize"), ("LINEAR", "linearStepSize")):
        _refuse(
            routing,
            f"(self.type_ == '{kind}') == has(self.{size})",
            f"{size} belongs to the type_ {kind}, which needs it",
            size,
        )
    _bound(routing["properties"]["canarySize"], "canarySize", 1, 50)
    _bound(routing["properties"]["linearStepSize"], "linearStepSize", 10, 50)
    rolling = deployment["properties"]["rollingUpdatePolicy"]["properties"]
    _bound(rolling["maximumBatchSize"], "maximumBatchSize", 5, 50)
    _bound(rolling["rollbackMaximumBatchSize"], "rollbackMaximumBatchSize", 1, 100)
    _refuse(
        spec,
        "!has(self.deploymentConfig) || !has(self.deploymentConfig.rollingUpdatePolicy) || "
        f"!has(self.{_LIST}) || !(has(self.canary) || self.{_LIST}.size() > 1)",
        "deploymentConfig.rollingUpdatePolicy goes with a single variant, and without a canary",
        "deploymentConfig",
    )
    # "Deployment guardrails only apply to Asynchronous inference and Real-time inference endpoint types":
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    _refuse(
        spec,
        f"!has(self.deploymentConfig) || !has(self.{_LIST}) || !{_SERVERLESS}",
        "deploymentConfig is for variants on instances: SageMaker updates those with serverlessConfig in its own way",
        "deploymentConfig",
    )


def _bound(size: Schema, name: str, least: int, most: int) -> None:
    _refuse(
        size,
        f"self.type_ != 'CAPACITY_PERCENT' || (self.value >= {least} && self.value <= {most})",
        f"{name} must be {least} to {most} percent",
        "value",
    )


def _refuse(schema: Schema, unless: str, message: str, at: str) -> None:
    rules.add(schema, {"rule": unless, "message": message, "fieldPath": f".{at}"})
