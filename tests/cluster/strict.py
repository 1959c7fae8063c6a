"""What the API server says about manifests when it has to know each of their fields."""

import yaml
from tests.cluster import served
from tests.cluster.api import JSON, Api

from sagemaker_local.cluster import Cluster


def refusals(cluster: Cluster, manifests: str) -> list[str]:
    """What is wrong with the YAML documents; nothing is kept of them."""
    with Api(cluster, "default") as api:
        said = []
        for manifest in yaml.safe_load_all(manifests):
            path = served.of(cluster, manifest["apiVersion"], manifest["kind"]).path("default")
            answer = api.ask("POST", f"{path}?fieldValidation=Strict&dryRun=All", manifest, content=JSON)
            said += [answer.message] if answer.code != 201 else []
        return said
