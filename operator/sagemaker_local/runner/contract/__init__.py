"""The contract between SageMaker and the containers of jobs: what they find when they start, and how their end is read.

From the request of a job to files, environment variables and S3 objects, as pure as that can be: nothing in here starts a
process, knows a status, or asks the emulator for anything but objects. What does is in `jobs`.
"""
