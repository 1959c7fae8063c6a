"""What a monitoring schedule wants: runs over what was captured, a baseline to compare with, and what follows from violations.

Where SageMaker runs the schedule (`native_plan`), `native` makes its definition and reads its executions. Where the operator
does (`own`), `captures` and `windows` say what a run looks at, `runs` what job it is, `executions` what became of it. For both,
`baseline` says what is compared with, `told` what the status tells in short; `notices` tells people, `retraining` closes the
loop.
"""
