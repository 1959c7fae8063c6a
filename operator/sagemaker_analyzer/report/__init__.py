"""`report.html`: one run as a page that a person can look at, whole in one file, without a script and without the network.

Everything on it comes from the other parts of the analyzer (`model`) and from the summaries of earlier runs; nothing is computed
here but how it is shown. Names and values of features are what callers of an endpoint have sent: they are never trusted.
"""
