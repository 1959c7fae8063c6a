"""What the emulator says about model packages, algorithms, model cards and feature groups, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "registry.groups.MISSING": (
        ("ModelPackageGroup", "DescribeModelPackageGroup", Absent),
        ("ModelPackageGroup", "DeleteModelPackageGroup", Absent),
    ),
    "registry.groups.EXISTS": (("ModelPackageGroup", "CreateModelPackageGroup", Exists),),
    "registry.groups.NOT_EMPTY": (("ModelPackageGroup", "DeleteModelPackageGroup", Busy),),
    "registry.groups.MISSING_FOR_POLICY": (("ModelPackageGroup", "PutModelPackageGroupPolicy", Refused),),
    "registry.groups.NO_POLICY": (("ModelPackageGroup", "GetModelPackageGroupPolicy", Refused),),
    "registry.packages.MISSING": (
        ("ModelPackage", "DescribeModelPackage", Absent),
        ("ModelPackage", "UpdateModelPackage", Refused),
        ("ModelPackage", "DeleteModelPackage", Absent),
    ),
    "registry.packages.EXISTS": (("ModelPackage", "CreateModelPackage", Exists),),
    "registry.packages.NO_GROUP": (("ModelPackage", "CreateModelPackage", Refused),),
    "registry.packages.NAME_AND_GROUP": (("ModelPackage", "CreateModelPackage", Refused),),
    "registry.packages.NEITHER_NAME_NOR_GROUP": (("ModelPackage", "CreateModelPackage", Refused),),
    "registry.packages.TAGGED_VERSION": (("ModelPackage", "CreateModelPackage", Refused),),
    "registry.packages.NOT_NOW": (
        ("ModelPackage", "UpdateModelPackage", Busy),
        ("ModelPackage", "DeleteModelPackage", Busy),
    ),
    "registry.packages.NO_INFERENCE": (("ModelPackage", "BatchDescribeModelPackage", Refused),),
    "registry.algorithms.MISSING": (
        ("Algorithm", "DescribeAlgorithm", Absent),
        ("Algorithm", "DeleteAlgorithm", Absent),
    ),
    "registry.algorithms.EXISTS": (("Algorithm", "CreateAlgorithm", Exists),),
    "registry.algorithms.NOT_NOW": (("Algorithm", "DeleteAlgorithm", Busy),),
    "registry.cards.MISSING": (
        ("ModelCard", "DescribeModelCard", Absent),
        ("ModelCard", "UpdateModelCard", Refused),
        ("ModelCardExportJob", "CreateModelCardExportJob", Refused),
    ),
    "registry.cards.NO_VERSION": (("ModelCardExportJob", "CreateModelCardExportJob", Refused),),
    "registry.cards.EXISTS": (("ModelCard", "CreateModelCard", Exists),),
    "registry.cards.NOT_JSON": (
        ("ModelCard", "CreateModelCard", Refused),
        ("ModelCard", "UpdateModelCard", Refused),
    ),
    "registry.cards.ONE_AT_A_TIME": (("ModelCard", "UpdateModelCard", Refused),),
    "registry.exports.MISSING": (("ModelCardExportJob", "DescribeModelCardExportJob", Absent),),
    "registry.exports.EXISTS": (("ModelCardExportJob", "CreateModelCardExportJob", Exists),),
    "registry.features.MISSING": (
        ("FeatureGroup", "DescribeFeatureGroup", Absent),
        ("FeatureGroup", "DeleteFeatureGroup", Absent),
    ),
    "registry.features.EXISTS": (("FeatureGroup", "CreateFeatureGroup", Exists),),
    "registry.features.NOT_NOW": (
        ("FeatureGroup", "UpdateFeatureGroup", Busy),
        ("FeatureGroup", "DeleteFeatureGroup", Busy),
    ),
    "registry.features.UPDATING": (("FeatureGroup", "UpdateFeatureGroup", Busy),),
}
