"""Which engine a job gets: DuckDB on one machine, Spark on several or where there is one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.engine.duckdb import duckdb_engine
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import BadTask

_LOG = logging.getLogger(__name__)


@contextmanager
def engine_for(task: Task, scratch: Path) -> Iterator[Engine]:
    """The engine, with a directory for what it puts on disk. Raises BadTask if it is Spark and that is not installed."""
    if task.spark_master is None and task.instances == 1:
        with duckdb_engine(scratch) as duckdb:
            yield duckdb
        return
    spark, scratch = _of_spark("spark"), scratch / "spark"
    if task.spark_master is not None:
        with spark.spark_engine(task.spark_master, scratch=scratch) as engine:
            yield engine
        return
    _LOG.info("%s starts Spark for %d instances", task.host, task.instances)
    with (
        _of_spark("cluster").master(task.host, scratch) as url,
        spark.spark_engine(url, host=task.host, scratch=scratch) as engine,
    ):
        yield engine


def works_for(task: Task) -> str | None:
    """The host for which this instance works, if it is not the first of its job."""
    if task.spark_master is not None or task.instances == 1 or task.host == task.hosts[0]:
        return None
    return task.hosts[0]


def work(task: Task, scratch: Path) -> None:
    """Works for the first instance until that is done. Raises BadTask if that never starts."""
    _of_spark("cluster").work(task.hosts[0], task.host, scratch)


def _of_spark(module: str) -> Any:
    """A module that needs Spark, which is ten times as large as all the rest and in an extra of its own."""
    try:
        return import_module(f"sagemaker_analyzer.engine.{module}")
    except ModuleNotFoundError as error:
        raise BadTask(
            f"several instances and spark_master need Spark, and {error.name} is not installed: set InstanceCount to 1, or"
            " use an image with the extra analyzer-spark"
        ) from error
