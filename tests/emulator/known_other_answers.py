"""What SageMaker is known to answer about the other kinds: mostly how it says that something is missing."""

from typing import Any, Final

from tests.emulator.known_answers import Refused, Shown

REFUSED: Final[tuple[Refused, ...]] = ()
SHOWN: Final[tuple[Shown, ...]] = ()
NOTHING: Final[dict[str, Any]] = {}
