"""What a training job leaves in S3: model.tar.gz and output.tar.gz, from all of its instances together.

SageMaker puts the files of all instances into one archive
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html), and makes none of nothing
(sagemaker-python-sdk#3455). A job that failed or was stopped leaves what there is, too (sagemaker-python-sdk#658 shows a failed
job that uploads).
"""

from collections.abc import Sequence
from pathlib import Path

from sagemaker_local.emulator.resource import Resource
from sagemaker_local.runner.contract import archives
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.contract.sources import Shelf


def upload(job: Resource, volumes: Sequence[Volume], shelf: Shelf, scratch: Path) -> None:
    """Write a job's model and output to S3.

    Args:
        volumes: of its instances, algo-1 first.
        scratch: a directory for the archives.

    Raises:
        JobFailed: the disk is full, or there is no such bucket.
    """
    config = job.spec["OutputDataConfig"]
    folder = f"{config['S3OutputPath'].rstrip('/')}/{job.name}/output"
    model = archives.merged([volume.root / "model" for volume in volumes], volumes)
    if model and config.get("CompressionType", "GZIP") == "NONE":
        archives.upload_files(shelf, f"{folder}/model", model)
    elif model:
        _upload_packed(model, shelf, f"{folder}/model.tar.gz", scratch / "model.tar.gz")
    output = archives.merged([volume.root / "output" / "data" for volume in volumes], volumes)
    if output:
        _upload_packed(output, shelf, f"{folder}/output.tar.gz", scratch / "output.tar.gz")


def _upload_packed(found: dict[str, Path], shelf: Shelf, url: str, archive: Path) -> None:
    archives.pack(found, archive)
    archives.upload(shelf, url, archive.read_bytes())
    archive.unlink()
