"""Training and processing jobs, really done.

training      the course of a training job: download, train, upload, and everything that can end it
processing    the same for processing jobs
crew          the containers of one job
inputs        what is in the directories of a container before its program starts
output        the lines that programs write: logs and metrics
checkpoints   checkpoints in S3 and on disk
"""

from typing import Final

from .processing import PROCESSING_JOB
from .training import TRAINING_JOB

CRAFTS: Final = (TRAINING_JOB, PROCESSING_JOB)
