"""Packages of AWS's images that users' scripts import, and that no index has or that do not install any more.

This directory is the last one on the path of users' scripts, so that a package that is really installed goes before these. They
have what scripts use of them, and no more: the content types, encoders and answers of sagemaker_containers and of
sagemaker_inference; matrices, encoders and distributed training of sagemaker_xgboost_container.
"""
