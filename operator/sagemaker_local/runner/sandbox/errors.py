"""What can go wrong around a container, apart from what its program does."""


class SandboxError(Exception):
    """A container could not be made; the text says what the kernel or the engine said."""


class ImageMissing(SandboxError):
    """The engine has no such image, and could not pull it."""
