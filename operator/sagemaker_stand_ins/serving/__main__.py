"""Starts the server of a model: `python -m sagemaker_stand_ins.serving --handler MODULE`.

| variable | meaning | default |
|---|---|---|
| SAGEMAKER_BIND_TO_PORT | the port, on 127.0.0.1 | 8080 |
| SAGEMAKER_BASE_DIR | where the model directory is | /opt/ml |
| SAGEMAKER_MULTI_MODEL | `true`: the server of several models | |
| SAGEMAKER_MAX_MODELS | at most so many are in memory | 100 |
| SAGEMAKER_MAX_REQUEST_SIZE | bytes of a body | 25 MB |
| SAGEMAKER_MODEL_SERVER_WORKERS | requests that are answered at once | 8 |
"""

import argparse
import importlib
import logging
import os
import sys
import traceback
from typing import Any

from sagemaker_stand_ins.training.job import base_directory

from .application import Application
from .models import Models
from .server import Limits, serve

MEGABYTE = 1024 * 1024


def main() -> int:
    """Load the model and serve it; the exit code."""
    parser = argparse.ArgumentParser(prog="sagemaker_stand_ins.serving")
    parser.add_argument("--handler", required=True, help="the module that loads models")
    handler_name = parser.parse_args().handler
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # A request that waits for a thread is no event; waitress would log each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        port = _number("SAGEMAKER_BIND_TO_PORT", 8080, most=65535)
        largest = _number("SAGEMAKER_MAX_REQUEST_SIZE", 25 * MEGABYTE)
        limits = Limits(body=4 * largest, threads=_number("SAGEMAKER_MODEL_SERVER_WORKERS", 8))
        application = _application(importlib.import_module(handler_name), largest)
    except Exception:  # noqa: BLE001 whatever the user's code does, its trace is what helps
        traceback.print_exc()
        return 1
    print(f"serving on port {port}", flush=True)
    try:
        serve(application, port=port, limits=limits)
    except OSError as error:
        print(f"the server cannot listen on port {port}: {error}", file=sys.stderr)
        return 1
    return 0


def _application(handler: Any, largest: int) -> Application:
    model = models = None
    if os.environ.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true":
        models = Models(handler, _number("SAGEMAKER_MAX_MODELS", 100))
    else:
        model = handler.load(base_directory() / "model")
    given = getattr(handler, "execution_parameters", None)
    parameters = None if given is None else given()
    return Application(model=model, models=models, parameters=parameters, largest=largest)


def _number(name: str, default: int, *, most: int = sys.maxsize) -> int:
    said = os.environ.get(name, "").strip()
    if not said:
        return default
    if not said.isdecimal() or not 0 < int(said) <= most:
        raise ValueError(f"{name} must be a number from 1 on, not {said!r}")
    return int(said)


if __name__ == "__main__":
    sys.exit(main())
