"""Training with several instances (sagemaker_xgboost_container/distributed.py)."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

from sagemaker_stand_ins.xgboost import cluster

_log = logging.getLogger(__name__)


def wait_hostname_resolution(sm_hosts: Sequence[str]) -> None:
    """Nothing is to be waited for: the names of the hosts are known from the start."""
    _log.debug("hosts: %s", ", ".join(sm_hosts))


def rabit_run(  # noqa: PLR0917 the image's own signature
    exec_fun: Callable[..., Any],
    args: dict[str, Any],
    include_in_training: bool,
    hosts: Sequence[str],
    current_host: str,
    first_port: int | None = None,  # noqa: ARG001 jobs on one machine have ports of their own
    second_port: int | None = None,  # noqa: ARG001
    update_rabit_args: bool = False,
) -> None:
    """Call a function on all hosts that have data, connected with each other by XGBoost's collective.

    With `update_rabit_args` it is also told `is_master`. A host without data ends here, successfully.

    Raises:
        ClientError: if no host has data.
        AlgorithmError: if the others are not found in time.
    """
    everyone = cluster.Cluster(tuple(hosts), current_host)
    with_data = cluster.with_data(everyone, has_data=include_in_training)
    if not include_in_training:
        _log.warning("Host %s not being used for distributed training.", current_host)
        sys.exit(0)
    chosen = everyone.among(with_data)
    if update_rabit_args:
        args.update({"is_master": chosen.is_master})
    if len(with_data) == 1:
        exec_fun(**args)
        return
    with chosen.joined(port=cluster.ports()[1]):
        exec_fun(**args)
