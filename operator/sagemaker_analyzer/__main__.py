"""`sagemaker-analyzer`: analyses what the environment of a SageMaker processing job names."""

import logging
import os
import sys

from sagemaker_analyzer.command import run


def main() -> None:
    """Runs once and exits: 0 when the data was analysed, whatever was found, and 1 if it was not."""
    if len(sys.argv) > 1:
        sys.exit(
            f"usage: {sys.argv[0]}\n\n{__doc__}\nIt takes no arguments, but environment variables such as dataset_source."
        )
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    sys.exit(run(os.environ))


if __name__ == "__main__":
    main()
