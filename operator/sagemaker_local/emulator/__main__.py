"""`python -m sagemaker_local.emulator`: the same as `sagemaker-local emulator`."""

from sagemaker_local.runner.command import emulator

emulator(prog_name="python -m sagemaker_local.emulator")
