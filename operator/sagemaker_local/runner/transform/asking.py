"""One request to a model: sent again when it may help, and told in the data log's words when it does not."""

import threading
from dataclasses import dataclass
from typing import Final, Protocol

from sagemaker_local.runner.serving.server import Answer
from sagemaker_local.runner.transform.reasons import BROKEN, REFUSED, SILENT, TOO_SLOW, Trouble
from sagemaker_local.runner.transform.settings import Settings

LONGEST_MESSAGE: Final = 4096
"""Bytes of a model's complaint that the data log shows."""


class Model(Protocol):
    """Who answers; `serving.server.ModelServer` does."""

    def invoke(self, body: bytes, *, content_type: str, accept: str, seconds: float) -> Answer:
        """Send a request. Raises OSError if there is no answer, TimeoutError if it takes longer."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How the model of a job is asked.

    Attributes:
        content_type: of the payloads.
        accept: what is wanted.
        seconds: how long an answer may really take.
        stopping: set when no answer is wanted any more.
    """

    model: Model
    settings: Settings
    content_type: str
    accept: str
    seconds: float
    stopping: threading.Event

    def ask(self, payload: bytes) -> Answer:
        """The model's answer to a payload. Raises Trouble.

        What failed in the model, or was not answered, is sent again (ModelClientConfig.InvocationsMaxRetries); what the model
        refused is not.
        """
        for left in range(self.settings.retries, -1, -1):
            try:
                return self._once(payload)
            except Trouble as trouble:
                if trouble.of_client or not left or self.stopping.is_set():
                    raise
        raise AssertionError("the last try returns or raises")

    def _once(self, payload: bytes) -> Answer:
        try:
            answer = self.model.invoke(
                payload, content_type=self.content_type, accept=self.accept, seconds=self.seconds
            )
        except TimeoutError:
            raise Trouble([TOO_SLOW.text.format(seconds=self.settings.seconds)], of_client=False) from None
        except OSError:
            raise Trouble([SILENT.text], of_client=False) from None
        if answer.status < 300:
            return answer
        said = REFUSED if 400 <= answer.status < 500 else BROKEN
        message = answer.body[:LONGEST_MESSAGE].decode("utf-8", "replace").splitlines()
        lines = (said.text.format(status=answer.status), "", "Message:", *message)
        raise Trouble(lines, of_client=said is REFUSED)
