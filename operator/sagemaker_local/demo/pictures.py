"""Images of digits as characters, side by side, with what the model takes them for below.

Not here: which ones are worth looking at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sagemaker_local.demo.data import Image

_SHADES = " ░▒▓█"
_GAP = "   "


@dataclass(frozen=True, slots=True)
class Taken:
    """An image, and the digit that the model takes it for."""

    image: Image
    label: int

    @property
    def right(self) -> bool:
        """Whether that is what it shows."""
        return self.image.label == self.label


def gallery(taken: Sequence[Taken], *, side: int, darkest: int) -> str:
    """Some images in one row of at most 100 characters, as lines.

    Args:
        taken: what to show; those that do not fit are left out.
        side: pixels on each side.
        darkest: the value of a black pixel.
    """
    blocks = [_block(one, side, darkest) for one in taken]
    if not blocks:
        return ""
    fit = max(1, (100 + len(_GAP)) // (len(blocks[0][0]) + len(_GAP)))
    return "\n".join(_GAP.join(line).rstrip() for line in zip(*blocks[:fit], strict=True))


def _block(one: Taken, side: int, darkest: int) -> list[str]:
    rows = [one.image.pixels[start : start + side] for start in range(0, side * side, side)]
    if side > 16:
        # Characters are about twice as high as wide: one stands for two pixels, or two for one.
        halves = zip(rows[::2], rows[1::2], strict=True)
        lines = ["".join(_shade((a + b) / 2, darkest) for a, b in zip(*pair, strict=True)) for pair in halves]
    else:
        lines = ["".join(_shade(pixel, darkest) * 2 for pixel in row) for row in rows]
    said = f"a {one.label}" if one.right else f"a {one.label}, but it is a {one.image.label}"
    return [*lines, said.center(len(lines[0]))]


def _shade(pixel: float, darkest: int) -> str:
    return _SHADES[min(len(_SHADES) - 1, round(pixel / darkest * (len(_SHADES) - 1)))]
