"""Programs that run inside containers: what stands in for AWS's images of built-in algorithms and frameworks.

They run with the Python of the environment that their image has (see `sagemaker_local.runner.images`), read and write `/opt/ml`
as SageMaker's contract says, and import nothing of the emulator or the operator, nor these anything of them.
"""
