"""An open analyzer of what endpoints captured, in the place of SageMaker Model Monitor's image.

It runs as a processing job under Model Monitor's contract of environment variables, files and exit message. It knows nothing of
Kubernetes, of AWS's API or of the operator: files in, files out.
"""
