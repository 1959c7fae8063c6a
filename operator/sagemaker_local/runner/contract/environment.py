"""The environment variables that a container starts with.

Three layers, the last one wins:

    SageMaker's own      TRAINING_JOB_NAME, TRAINING_JOB_ARN, PROCESSING_JOB_NAME, PROCESSING_JOB_ARN, AWS_REGION
    the toolkit's        SM_*: what sagemaker-training-toolkit sets for a user's script. In AWS containers that toolkit sets them
                         itself, and does so here too where it is installed; they are there from the start, so that programs of
                         one's own that read them work without it
    the user's           Environment of the request

Credentials are the emulator's and no others: the access key is the account. Where the network is isolated there are none, as in
SageMaker.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sagemaker_local.emulator.resource import Resource
from sagemaker_local.runner.contract.documents import channels, input_data
from sagemaker_local.runner.contract.hosts import INTERFACE, Host, resource_config
from sagemaker_local.runner.contract.paths import BASE, Volume

_SECRET: Final = "sagemaker-local"  # noqa: S105 not a secret: the emulator looks at the access key alone
_INFO: Final = 20
"""The log level INFO of Python, which the toolkit sets unless a hyperparameter says otherwise."""


def training(
    job: Resource,
    hosts: Sequence[Host],
    host: Host,
    volume: Volume,
    *,
    url: str,
) -> dict[str, str]:
    """The environment of one instance of a training job; `url` is the emulator's."""
    spec = job.spec
    own = {
        "TRAINING_JOB_NAME": job.name,
        "TRAINING_JOB_ARN": job.arn,
        **_aws(job, url, isolated=bool(spec.get("EnableNetworkIsolation"))),
    }
    return _possible({**own, **_toolkit(job, hosts, host, volume), **(spec.get("Environment") or {})})


def processing(job: Resource, volume: Volume, *, url: str) -> dict[str, str]:
    """The environment of each instance of a processing job."""
    isolated = bool(job.spec.get("NetworkConfig", {}).get("EnableNetworkIsolation"))
    own = {
        "PROCESSING_JOB_NAME": job.name,
        "PROCESSING_JOB_ARN": job.arn,
        **_aws(job, url, isolated=isolated),
        **_moved(volume),
    }
    return _possible({**own, **(job.spec.get("Environment") or {})})


def _aws(job: Resource, url: str, *, isolated: bool) -> dict[str, str]:
    region = {
        "AWS_REGION": job.place.region,
        "AWS_DEFAULT_REGION": job.place.region,
        "SAGEMAKER_REGION": job.place.region,
    }
    if isolated:
        return region
    return {
        **region,
        "AWS_ACCESS_KEY_ID": job.place.account,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",  # nobody is to wait for the credentials of an instance that is none
    }


def _toolkit(job: Resource, hosts: Sequence[Host], host: Host, volume: Volume) -> dict[str, str]:
    """What to_env_vars of sagemaker_training.environment gives."""
    given = {name: _decoded(value) for name, value in (job.spec.get("HyperParameters") or {}).items()}
    own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
    config = resource_config(hosts, host)
    names = [channel["ChannelName"] for channel in channels(job.spec, host)]
    seen = {name: volume.seen(f"{BASE}/input/data/{name}") for name in names}
    peers = [one.name for one in hosts if one.group == host.group]
    said: dict[str, Any] = {
        "SM_HOSTS": config["hosts"],
        "SM_CURRENT_HOST": host.name,
        "SM_CURRENT_INSTANCE_TYPE": host.instance_type,
        "SM_CURRENT_INSTANCE_GROUP": host.group,
        "SM_CURRENT_INSTANCE_GROUP_HOSTS": peers,
        "SM_INSTANCE_GROUPS": [group["instance_group_name"] for group in config["instance_groups"]],
        "SM_NETWORK_INTERFACE_NAME": INTERFACE,
        "SM_RESOURCE_CONFIG": config,
        "SM_INPUT_DATA_CONFIG": input_data(job.spec, host),
        "SM_CHANNELS": sorted(names),
        "SM_HPS": own,
        "SM_INPUT_DIR": volume.seen(f"{BASE}/input"),
        "SM_INPUT_CONFIG_DIR": volume.seen(f"{BASE}/input/config"),
        "SM_MODEL_DIR": volume.seen(f"{BASE}/model"),
        "SM_OUTPUT_DIR": volume.seen(f"{BASE}/output"),
        "SM_OUTPUT_DATA_DIR": volume.seen(f"{BASE}/output/data"),
        "SM_OUTPUT_INTERMEDIATE_DIR": volume.seen(f"{BASE}/output/intermediate"),
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "SM_NUM_GPUS": 0,
        "SM_LOG_LEVEL": given.get("sagemaker_container_log_level", _INFO),
    }
    said |= {f"SM_CHANNEL_{name.upper()}": path for name, path in seen.items()}
    said |= {f"SM_HP_{name.upper()}": value for name, value in own.items()}
    return {name: _encoded(value) for name, value in said.items()} | _moved(volume)


def _moved(volume: Volume) -> dict[str, str]:
    """Where /opt/ml is, if it is not there: the variable by which sagemaker-training-toolkit is told."""
    return {} if volume.inside == str(BASE) else {"SAGEMAKER_BASE_DIR": volume.inside}


def _possible(wanted: Mapping[str, Any]) -> dict[str, str]:
    """The variables that a process can have: names without `=`, no zero bytes, and text alone."""
    said = {_text(name): _text(value) for name, value in wanted.items()}
    return {name: value for name, value in said.items() if name and "=" not in name and "\0" not in name + value}


def _text(value: object) -> str:
    return str(value).encode(errors="replace").decode()


def _decoded(value: str) -> Any:
    """A hyperparameter as the toolkit reads it: JSON if it is JSON, text otherwise."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _encoded(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
