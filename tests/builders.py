"""Valid manifests, of which a test shows only what matters to it.

    training_job("digits", deletionPolicy="Delete", resourceConfig={...})

Fields given by keyword replace those of the example manifest; None removes one.
"""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagemaker_operator.generate import examples
from sagemaker_operator.kinds import KINDS

ROOT = Path(__file__).parents[1]

Manifest = dict[str, Any]


def training_job(name: str, **spec: Any) -> Manifest:
    return _manifest("TrainingJob", name, spec)


def processing_job(name: str, **spec: Any) -> Manifest:
    return _manifest("ProcessingJob", name, spec)


def model(name: str, **spec: Any) -> Manifest:
    return _manifest("Model", name, spec)


def endpoint_config(name: str, **spec: Any) -> Manifest:
    return _manifest("EndpointConfig", name, spec)


def endpoint(name: str, **spec: Any) -> Manifest:
    return _manifest("Endpoint", name, spec)


def data_quality_job_definition(name: str, **spec: Any) -> Manifest:
    return _manifest("DataQualityJobDefinition", name, spec)


def monitoring_schedule(name: str, **spec: Any) -> Manifest:
    return _manifest("MonitoringSchedule", name, spec)


def pipeline(name: str, **spec: Any) -> Manifest:
    return _manifest("Pipeline", name, {"pipelineName": None, **spec})


def notebook_instance(name: str, **spec: Any) -> Manifest:
    return _manifest("NotebookInstance", name, {"lifecycleConfigRef": None, "defaultCodeRepositoryRef": None, **spec})


def pipeline_execution(name: str, **spec: Any) -> Manifest:
    return _manifest("PipelineExecution", name, spec)


def notebook_scripts(name: str, **spec: Any) -> Manifest:
    return _manifest("NotebookInstanceLifecycleConfig", name, spec)


def workforce(name: str, **spec: Any) -> Manifest:
    return _manifest("Workforce", name, spec)


def domain(name: str, **spec: Any) -> Manifest:
    return _manifest("Domain", name, spec)


def example(kind: str, **spec: Any) -> Manifest:
    """The example of a kind, called ``digits``."""
    return _manifest(kind, "digits", spec)


def with_field(manifest: Manifest, path: str, value: Any) -> Manifest:
    """A copy of a manifest with one field of its spec set, or removed by None: ``inputDataConfig.0.channelName``."""
    changed = copy.deepcopy(manifest)
    *way, last = path.split(".")
    at: Any = changed["spec"]
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return changed


def as_file(*manifests: Manifest) -> str:
    """Manifests as kubectl reads them from its standard input; each a document, as kubectl judges a List by itself."""
    return "\n".join(json.dumps(manifest) for manifest in manifests)


def _manifest(kind: str, name: str, spec: Mapping[str, Any]) -> Manifest:
    manifest = examples.example(ROOT, KINDS[kind])
    merged = {**manifest["spec"], **spec}
    manifest["metadata"] = {"name": name}
    manifest["spec"] = {field: value for field, value in merged.items() if value is not None}
    return manifest
