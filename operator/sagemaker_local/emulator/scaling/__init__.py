"""Application Auto Scaling as far as it is about SageMaker: targets, policies and scheduled actions.

`targets` keeps and changes them, `front` is their entrance. Nothing here scales by itself: tests say when (`autoscaling`). What
is about other services is moto's.
"""
