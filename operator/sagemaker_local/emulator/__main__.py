"""`python -m sagemaker_local.emulator`: the same as `sagemaker-local emulator`."""

from sagemaker_local.emulator.command import emulator

emulator(prog_name="python -m sagemaker_local.emulator")
