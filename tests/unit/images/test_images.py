"""A name and a version become the image that SageMaker's own documents and SDK name, or a message that lists what exists."""

import pytest

from sagemaker_operator import images
from sagemaker_operator.images import Unknown, table

TRAINING = "training"


@pytest.mark.parametrize(
    ("asked", "image"),
    [
        # https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/: the pages of the regions
        (
            "xgboost 1.7-1 us-east-1 ml.m5.large training",
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        ),
        (
            "xgboost 1.7-1 eu-west-1 ml.g4dn.xlarge training",
            "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        ),
        (
            "xgboost 1.7-1 cn-north-1 ml.m5.large training",
            "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:1.7-1",
        ),
        (
            "xgboost 1.7-1 us-gov-west-1 ml.m5.large training",
            "414596584902.dkr.ecr.us-gov-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        ),
        (
            "xgboost 1.7-1 us-iso-east-1 ml.m5.large training",
            "833128469047.dkr.ecr.us-iso-east-1.c2s.ic.gov/sagemaker-xgboost:1.7-1",
        ),
        (
            "xgboost 1.0-1 us-west-2 ml.m5.large training",
            "246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-xgboost:1.0-1-cpu-py3",
        ),
        (
            "xgboost 1.5-1 us-west-2 ml.m6g.large inference",
            "246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-xgboost:1.5-1-arm64",
        ),
        (
            "scikit-learn 1.2-1 eu-central-1 ml.m5.large processing",
            "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
        ),
        ("kmeans - us-east-1 ml.p3.2xlarge training", "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"),
        ("deepar 1 eu-west-1 - training", "224300973850.dkr.ecr.eu-west-1.amazonaws.com/forecasting-deepar:1"),
        (
            "pytorch 2.8.0 eu-west-1 ml.m5.large training",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.8.0-cpu-py312",
        ),
        (
            "pytorch 2.8.0 eu-west-1 ml.p4d.24xlarge training",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.8.0-gpu-py312",
        ),
        (
            "pytorch 2.0 eu-west-1 ml.g5.xlarge inference",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.0.1-gpu-py310",
        ),
        (
            "pytorch 2.0.1 eu-west-1 ml.c7g.large inference",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference-graviton:2.0.1-cpu-py310-ubuntu20.04-sagemaker",
        ),
        (
            "pytorch 2.8.0 cn-northwest-1 ml.m5.large training",
            "727897471807.dkr.ecr.cn-northwest-1.amazonaws.com.cn/pytorch-training:2.8.0-cpu-py312",
        ),
        (
            "tensorflow 2.19.0 eu-west-1 ml.g6e.xlarge inference",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/tensorflow-inference:2.19.0-gpu",
        ),
        (
            "huggingface 4.28.1-pytorch2.0.0 us-east-1 ml.g5.xlarge training",
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training:2.0.0-transformers4.28.1-gpu-py310-cu118-ubuntu20.04",
        ),
        (
            "spark 3.3 us-east-1 ml.m5.large processing",
            "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.3-cpu-py39-v1",
        ),
        (
            "clarify - eu-west-1 ml.m5.large processing",
            "131013547314.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0",
        ),
        (
            "model-monitor - ap-east-1 ml.m5.large processing",
            "001633400207.dkr.ecr.ap-east-1.amazonaws.com/sagemaker-model-monitor-analyzer",
        ),
        (
            "sagemaker-tritonserver 24.09 us-east-1 ml.g5.xlarge inference",
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3",
        ),
    ],
)
def test_a_name_becomes_the_image_of_its_region_partition_and_instance_family(asked: str, image: str) -> None:
    name, version, region, instance, scope = (None if word == "-" else word for word in asked.split())

    assert images.resolve(name or "", version, region or "", instance, scope=scope or "") == image


def test_the_processor_can_be_said_where_no_instance_type_is_known() -> None:
    image = images.resolve("pytorch", "2.6.0", "eu-west-1", None, processor="gpu", scope="inference")

    assert image.endswith("/pytorch-inference:2.6.0-gpu-py312")


def test_the_newest_python_is_taken_unless_another_is_asked_for() -> None:
    newest = images.resolve("spark", "3.5", "us-east-1", "ml.m5.large", scope="processing")
    other = images.resolve("spark", "3.5", "us-east-1", "ml.m5.large", python="py39", scope="processing")

    assert (newest[-8:], other[-7:]) == ("py312-v1", "py39-v1")


@pytest.mark.parametrize(
    ("asked", "pieces"),
    [
        ("xgbost 1 us-east-1 - -", ("no built-in image xgbost for training", "xgboost", "kmeans", "pytorch")),
        ("xgboost 9.9-9 us-east-1 - -", ("xgboost has no version 9.9-9", "3.2-0, 3.0-5, 1.7-1")),
        ("xgboost - us-east-1 - -", ("several versions: set one", "1.7-1")),
        ("xgboost latest us-east-1 - -", ("xgboost has no version latest", "1.7-1")),
        ("xgboost 1.7-1 mars-1 - -", ("xgboost 1.7-1 has no image in mars-1", "eu-west-1", "cn-north-1")),
        ("lda 1 cn-north-1 - -", ("lda 1 has no image in cn-north-1", "us-east-1")),
        ("pytorch 2.8.0 us-east-1 - -", ("images for cpu, gpu", "set processor")),
        ("pytorch 2.8.0 us-east-1 ml.m6g.large -", ("no image for ml.m6g.large (graviton)", "cpu, gpu")),
        ("xgboost 1.7-1 us-east-1 ml.trn1.2xlarge -", ("no image for ml.trn1.2xlarge (neuron)", "any but graviton")),
        ("pytorch 2.8.0 us-east-1 ml.m5.large py27", ("no image with py27", "py312")),
        ("xgboost 1.7-1 us-east-1 - py27", ("leave python out",)),
        ("sparkml-serving 3.3 us-east-1 - -", ("no image for training, only for inference",)),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(asked: str, pieces: tuple[str, ...]) -> None:
    name, version, region, instance, python = (None if word == "-" else word for word in asked.split())

    with pytest.raises(Unknown) as told:
        images.resolve(name or "", version, region or "", instance, python=python, scope=TRAINING)

    assert [piece for piece in pieces if piece not in str(told.value)] == []


def test_every_version_has_an_image_for_some_processor_in_each_of_its_regions() -> None:
    broken = [
        (name, version, scope, image)
        for scope in table.SCOPES
        for name in table.names(scope)
        for version in table.versions(name, scope)
        for image in table.images(name, version, scope) or [None]
        if image is None or not image.accounts or any(len(account) != 12 for account in image.accounts.values())
    ]

    assert broken == []


OVERRIDES = images.parse("""
registries:
  eu-west-1: mirror.example.com/aws/
  "*": 111122223333.dkr.ecr.{region}.amazonaws.com
images:
  xgboost: {"4.0-1": "example.com/{region}/xgboost:4"}
  own: {"1": "example.com/own:1"}
""")


@pytest.mark.parametrize(
    ("name", "version", "region", "image"),
    [
        ("xgboost", "1.7-1", "eu-west-1", "mirror.example.com/aws/sagemaker-xgboost:1.7-1"),
        ("xgboost", "1.7-1", "mars-1", "111122223333.dkr.ecr.mars-1.amazonaws.com/sagemaker-xgboost:1.7-1"),
        ("xgboost", "4.0-1", "eu-west-1", "example.com/eu-west-1/xgboost:4"),
        ("own", None, "eu-west-1", "example.com/own:1"),
    ],
)
def test_an_installation_can_have_mirrors_new_regions_and_images_of_its_own(
    name: str, version: str | None, region: str, image: str
) -> None:
    assert images.resolve(name, version, region, None, scope=TRAINING, overrides=OVERRIDES) == image


@pytest.mark.parametrize(
    ("name", "version", "pieces"),
    [
        ("xgboost", "5", ("4.0-1", "1.7-1")),
        ("own", "2", ("own has no version 2", "there are 1")),
        ("nobody", "1", ("own",)),
    ],
)
def test_what_an_installation_adds_is_listed_too(name: str, version: str, pieces: tuple[str, ...]) -> None:
    with pytest.raises(Unknown) as told:
        images.resolve(name, version, "eu-west-1", None, scope=TRAINING, overrides=OVERRIDES)

    assert [piece for piece in pieces if piece not in str(told.value)] == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("a: [", "no YAML"),
        ("- xgboost", "registries and images"),
        ("mirrors: {}", "registries and images"),
        ("registries: [a]", "registries must be a map"),
        ("registries: {eu-west-1: 12}", "registries.eu-west-1 must be a text"),
        ("images: {xgboost: {1.7: a}}", 'quotation marks, "1.7"'),
    ],
)
def test_overrides_that_cannot_be_meant_are_refused(text: str, piece: str) -> None:
    with pytest.raises(images.Unusable) as told:
        images.parse(text)

    assert piece in str(told.value)
