"""What stands in for a private /opt/ml where there can be none: other words in commands, and a remark where they do not help."""

import re
from collections.abc import Callable
from pathlib import Path

from .layout import ML


def relocated(text: str, ml: Path) -> str:
    """A command's word or a variable, in which /opt/ml is somewhere else; not /opt/mlflow."""
    return re.sub(rf"{ML}(?![\w-])", lambda _: str(ml), text)


class Listener:
    """Passes lines on, and notices whether the program speaks of /opt/ml, which it was never told of."""

    def __init__(self, write: Callable[[str], None], ml: Path) -> None:
        """`ml` is where that directory really is."""
        self._write = write
        self._ml = ml
        self._heard = False

    def __call__(self, line: str) -> None:
        """One line."""
        self._heard = self._heard or re.search(rf"{ML}(?![\w-])", line) is not None
        self._write(line)

    def remark(self, status: int) -> str:
        """What to say after a failure that has to do with it; else nothing."""
        if status == 0 or not self._heard:
            return ""
        return (
            f"sagemaker-local: on this machine {ML} is {self._ml}. A program finds it by variables such as SM_MODEL_DIR, "
            "SM_CHANNEL_TRAINING and SAGEMAKER_BASE_DIR, and under its own name where Linux allows namespaces or Docker runs."
        )
