"""One-click deployment of an Autopilot job's best candidate: a model, a configuration and an endpoint of its own."""

from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import World


def deploy(job: Resource, world: World, now: float) -> None:
    """Create the endpoint; that it cannot be created is told, and does not spoil the job."""
    best = job.facts.get("BestCandidate")
    if best is None:
        return
    generated = f"{job.name}-{world.new_id(8)}"
    endpoint = job.spec["ModelDeployConfig"].get("EndpointName", generated)
    model = {"ModelName": generated, "Containers": best["InferenceContainers"], "ExecutionRoleArn": job.spec["RoleArn"]}
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": generated,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.2xlarge",
    }
    config = {"EndpointConfigName": generated, "ProductionVariants": [variant]}
    wish = {"EndpointName": endpoint, "EndpointConfigName": generated}
    try:
        for operation, request in (("Model", model), ("EndpointConfig", config), ("Endpoint", wish)):
            world.stage.do(f"Create{operation}", request, job.place, now=now)
    except ServiceError as refused:
        job.facts["PartialFailureReasons"] = [{"PartialFailureMessage": f"The model was not deployed: {refused.text}"}]
        return
    job.facts["ModelDeployResult"] = {"EndpointName": endpoint}
