"""sagemaker-runtime: the API that invokes what the emulated SageMaker hosts.

`ports` says what is needed of whoever runs the model servers; the other modules are the API itself. Not here: the model servers
and their fleets (see `serving`), and what an endpoint is and when it is in service (see the emulator's `families.hosting`).
"""
