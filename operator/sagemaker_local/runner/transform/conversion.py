"""The files of one instance through its model: records in, predictions out, in the order of the input.

So many requests are under way at once as the job allows, over all files. A file with a record that fails has no output at all,
and the others go on (https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-errors.html). Not here: S3 and statuses.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from sagemaker_local.runner.transform.asking import Asking
from sagemaker_local.runner.transform.framing import BadFrame, Batch, Record, TooLarge, batches, split
from sagemaker_local.runner.transform.reasons import Trouble
from sagemaker_local.runner.transform.shaping import BadData, Shape


class Stopped(Exception):
    """The job is being stopped, and the file is not finished."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the content of a file becomes its output.

    Attributes:
        split_type: of TransformInput.
        assemble_with: None or Line, of TransformOutput.
    """

    asking: Asking
    shape: Shape
    split_type: str
    assemble_with: str

    def convert(self, body: bytes, threads: ThreadPoolExecutor) -> bytes:
        """The output of a file. Raises Trouble, or Stopped."""
        try:
            return b"".join(self._answers(self._batches(body), threads))
        except (BadData, BadFrame, TooLarge) as wrong:
            raise Trouble([f"ClientError: {wrong}"], of_client=True) from None

    def _batches(self, body: bytes) -> Iterator[tuple[Batch, tuple[bytes, ...]]]:
        """What is sent, and the records of the input that it is about."""
        settings = self.asking.settings
        read = split(body, self.split_type)
        asked, kept = itertools.tee(read)
        cut = batches(
            (self._asked(record) for record in asked),
            split_type=self.split_type, strategy=settings.strategy, most=settings.most,
        )  # fmt: skip
        for batch in cut:
            yield batch, tuple(record.content for record in itertools.islice(kept, len(batch.records)))

    def _asked(self, record: Record) -> Record:
        if self.shape.input_filter.whole:
            return record
        filtered = self.shape.for_model(record.content)
        return Record(filtered, filtered)

    def _answers(
        self, pairs: Iterable[tuple[Batch, tuple[bytes, ...]]], threads: ThreadPoolExecutor
    ) -> Iterator[bytes]:
        """The pieces of the output in order, with a bounded number of requests ahead."""
        ahead: deque[Future[bytes]] = deque()
        try:
            for batch, records in pairs:
                ahead.append(threads.submit(self._answer, batch, records))
                if len(ahead) >= 2 * self.asking.settings.concurrent:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def _answer(self, batch: Batch, records: tuple[bytes, ...]) -> bytes:
        if self.asking.stopping.is_set():
            raise Stopped
        try:
            answer = self.asking.ask(batch.payload)
        except Trouble:
            if self.asking.stopping.is_set():
                raise Stopped from None
            raise
        pieces = self.shape.for_output(records, answer.body, answer.content_type)
        whole = b"\n".join(pieces)
        return whole + b"\n" if self.assemble_with == "Line" and not whole.endswith(b"\n") else whole
