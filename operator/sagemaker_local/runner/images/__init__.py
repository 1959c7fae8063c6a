"""What runs in the place of an image: a command in a virtual environment that is made on first use.

    >>> registry = Registry.load()
    >>> environments = Environments(registry.recipes, cache=places.cache(os.environ))
    >>> program = registry.find("141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1")
    >>> environment = environments.ready(program.environment, write=print)
    >>> environment.argv(program.train)
    ('/…/environments/algorithms-…/bin/python', '/…/sagemaker_stand_ins', 'sagemaker_stand_ins.xgboost.train')

Not here: starting it (see `runner.sandbox`), or Docker and Podman, which run an image as it is.
"""

from .environments import Environment, Environments, Unmakeable
from .program import Program, Recipe, Step
from .registry import Registry
from .rows import Unusable

__all__ = ["Environment", "Environments", "Program", "Recipe", "Registry", "Step", "Unmakeable", "Unusable"]
