"""SageMaker's own images by name: which one a manifest means that says `xgboost 1.7-1` instead of an account and a tag.

    >>> from sagemaker_operator import images
    >>> images.resolve("xgboost", "1.7-1", "eu-west-1", "ml.m5.large", scope="training")
    '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1'

The table is made by ``tools/image_table.py`` and read when the first manifest asks for it; `Overrides` go before it. Nothing here
asks a registry whether an image is there.
"""

from .overrides import NONE, Overrides, Unusable, parse
from .resolve import Unknown, resolve
from .table import versions

__all__ = ["NONE", "Overrides", "Unknown", "Unusable", "parse", "resolve", "versions"]
