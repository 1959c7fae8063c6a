"""What objects that are made of other custom resources want of them: which children, when, and what to say meanwhile.

A composite owns no SageMaker resource: it owns custom resources, which each own one. `plan` says what a plan can say, `child`
what is known of a child, and each composite has a package that makes its plan. Everything here is pure: facts and the time in, a
plan out. Not here: who asks and carries out (`controller.composing`).
"""
