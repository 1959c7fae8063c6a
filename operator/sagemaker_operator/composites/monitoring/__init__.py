"""What a monitoring schedule wants: runs over what was captured, a baseline to compare with, and what follows from violations.

`engines` tells who runs: SageMaker, or the operator. Of the operator's own engine `windows` says what a run looks at, `runs` what job
it is, `baseline` what it compares with. For both engines `executions` keeps what became of each run, `notices` tells people, and
`retraining` closes the loop.
"""
