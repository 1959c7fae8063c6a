"""What the demo was to show, and did not."""


class NotSeen(Exception):
    """Something did not happen; the message says what, and after how long."""
