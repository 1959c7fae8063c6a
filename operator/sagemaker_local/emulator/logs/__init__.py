"""What the containers of jobs have written, as CloudWatch Logs shows it.

Nothing is written before somebody reads: the lines follow from what happened to a job. Groups that are not SageMaker's own are
moto's.
"""
