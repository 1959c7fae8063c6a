"""Handwritten digits as they come at first, and as they come later: rotated by a quarter, and with noise."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sagemaker_local.demo.data import Image, Images

_NOISE = 2
_SEED = 7


@dataclass(frozen=True, slots=True)
class Traffic:
    """What an endpoint is asked about.

    Attributes:
        known: images to train on and to make a baseline of.
        before: images like those.
        during: images that have drifted, and that people label afterwards.
        after: other images that have drifted in the same way.
    """

    known: Sequence[Image]
    before: Sequence[Image]
    during: Sequence[Image]
    after: Sequence[Image]


def traffic(images: Images) -> Traffic:
    """All of it, from images of digits; no image is in two parts."""
    pool = [*images.train, *images.validation]
    half = len(pool) // 2
    held = len(images.held_out) // 2
    return Traffic(
        known=pool[:half],
        before=images.held_out[:held],
        during=drifted(pool[half:], images),
        after=drifted(images.held_out[held:], images),
    )


def drifted(some: Sequence[Image], images: Images) -> list[Image]:
    """The same digits, rotated by a quarter to the right, each pixel a little lighter or darker."""
    chance = random.Random(_SEED)

    def noisy(pixel: int) -> int:
        return min(images.darkest, max(0, pixel + chance.randint(-_NOISE, _NOISE)))

    return [replace(one, pixels=[noisy(pixel) for pixel in _rotated(one.pixels, images.side)]) for one in some]


def _rotated(pixels: Sequence[int], side: int) -> list[int]:
    return [pixels[(side - 1 - column) * side + row] for row in range(side) for column in range(side)]
