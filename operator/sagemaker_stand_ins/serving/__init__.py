"""The HTTP server of a model: SageMaker's contract of inference containers around a handler.

    python -m sagemaker_stand_ins.serving --handler sagemaker_stand_ins.kmeans.serve

A handler is a module with `load(model_dir: pathlib.Path) -> Model`. It may also have `execution_parameters()`, a mapping: what a
batch transform is told that leaves its strategy open. `BadInput` is answered with 400, `Unsupported` with 415, `NotAcceptable`
with 406, anything else that is raised with 500, and its trace is logged.

Source of the contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from .contract import BadInput, Handler, Model, NotAcceptable, Unsupported
from .media import content_type

__all__ = ["BadInput", "Handler", "Model", "NotAcceptable", "Unsupported", "content_type"]
