"""Readers of the data formats that SageMaker's algorithms take: CSV, libsvm and RecordIO-protobuf."""
