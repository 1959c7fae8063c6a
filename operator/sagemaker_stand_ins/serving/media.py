"""Content types as they come in headers."""


def content_type(header: str) -> str:
    """The type itself, in lower case and without parameters: `text/csv` of `text/CSV; charset=utf-8`."""
    return header.split(";", 1)[0].strip().lower()
