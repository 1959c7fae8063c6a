"""Ask the endpoint what an image shows: python examples/digits/predict.py < images.csv"""

import sys

import boto3

runtime = boto3.client("sagemaker-runtime")
images = sys.stdin.read()  # a line for each: 64 pixels from 0 to 16, separated by commas
answer = runtime.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=images)
print(answer["Body"].read().decode())
