"""The demo: from training data to a monitored model, on one machine, with an exit code that can be believed.

    command    the click command
    playing    how it ends: signals, exit codes, failures
    story      what is done, and what must be seen before it counts as done
    stage      what it needs: API server, emulated SageMaker, operator; started, and stopped without a trace
    running    the operator as a child process
    objects    what the API server says about the example's objects, in kubectl's own columns
    data       handwritten digits as CSV channels in the emulated S3
    places     where manifests are, in a checkout and in a wheel
    screen     a live table on a terminal, a line per change elsewhere
    drift      another play on the same stage: captured data drifts, and a model is trained anew

Which objects there are, and in which order they are shown, comes from the manifests; only the second act knows a kind, Endpoint.
"""
