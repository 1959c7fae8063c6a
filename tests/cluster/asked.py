"""What was asked of the emulated SageMaker, as its journal tells."""

from typing import Any

from sagemaker_local.emulator import Emulator


def calls(sagemaker: Emulator, *verbs: str) -> list[str]:
    """The operations that were asked for so far, of some verbs, in their order."""
    return [entry.operation for entry in sagemaker.journal.entries() if entry.operation.startswith(verbs)]


def asked(sagemaker: Emulator, operation: str) -> list[dict[str, Any]]:
    """What was asked of an operation, without the token that every call has."""
    found = (entry.parameters for entry in sagemaker.journal.entries() if entry.operation == operation)
    return [{name: value for name, value in one.items() if name != "ClientToken"} for one in found]
