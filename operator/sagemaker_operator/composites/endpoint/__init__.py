"""The objects that an Endpoint describes in place: what they are, what they are called, and which of them are kept.

An Endpoint owns a SageMaker endpoint like any plain kind (`engine`), and other custom resources besides: Models and
EndpointConfigs, whose names hold a digest of what they say. So the same content is the same object, whenever it is asked for: an
edit that is undone returns to the objects of before.
"""
