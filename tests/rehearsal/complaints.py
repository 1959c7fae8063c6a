"""What the operator logs as a fault of its own, as a complaint of the rehearsal."""

import logging


class Faults(logging.Handler):
    """Complains of what the operator holds for a fault of its own."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else getattr(record, "error", "")
        self._complaints.append(f"{record.getMessage()}: {error!r}")
