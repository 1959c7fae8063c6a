"""Models that are served or saved, for those that explain them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[str, str], tuple[int, str]]
"""Of a request's body and content type the status and the body of the answer."""


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """The URL of a model server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, text = answer(body, self.headers["Content-Type"])
            payload = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/invocations"
        finally:
            server.shutdown()
            thread.join()


def summed(weights: tuple[float, ...]) -> Answer:
    """A linear model that reads CSV."""

    def answer(body: str, _: str) -> tuple[int, str]:
        rows = [[float(cell or 0) for cell in line.split(",")] for line in body.splitlines()]
        return 200, "".join(f"{sum(w * x for w, x in zip(weights, row, strict=True))}\n" for row in rows)

    return answer
