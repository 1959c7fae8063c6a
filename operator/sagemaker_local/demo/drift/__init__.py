"""The demo of drift: a model is deployed and watched, its inputs change, and it is trained anew and replaced by itself.

command    the click command
story      what is done, and what must be seen before it counts as done
images     digits as they come at first, and as they come later: rotated, and with noise
supplies   training data, baseline, the training script and ground truth in the emulated S3
receiver   the webhook that is told of violations
schedule   what the API server says of the monitoring schedule
"""
