"""Why jobs fail, in SageMaker's words, each with the evidence for it.

`JobFailed` is a reason on its way to whoever reports it. Not here: refusals of requests, which are the emulator's.
"""

import errno
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.refusal import UNVERIFIED

LONGEST: Final = 1024
"""Characters of the failure file or of the exit message that count (FailureReason's and ExitMessage's documentation)."""
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class JobFailed(Exception):
    """A job cannot go on; the text is its FailureReason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which a job fails.

    Attributes:
        text: the FailureReason, with blanks to be filled in.
        evidence: where it was seen, or `UNVERIFIED`.
    """

    text: str
    evidence: str

    def error(self, **facts: object) -> JobFailed:
        """This reason with its blanks filled in, ready to be raised."""
        return JobFailed(self.text.format(**facts))


NO_OBJECTS: Final = Reason(
    'ClientError: Data download failed:No S3 objects found under S3 URL "{url}" given in input data source.',
    evidence=f"both halves are quoted in many public issues; that they come together: {UNVERIFIED}",
)
NO_SUCH_OBJECT: Final = Reason(
    "ClientError: Data download failed:Unable to download object {url} (NoSuchKey: The specified key does not exist.)",
    evidence=f"the beginning: sagemaker-python-sdk#128; the rest: {UNVERIFIED}",
)
BAD_MANIFEST: Final = Reason(
    "ClientError: Data download failed:The manifest {url} is not in the format of a manifest: {trouble}.",
    evidence=f"the beginning: sagemaker-python-sdk#128; the rest: {UNVERIFIED}",
)
CLIMBS: Final = Reason(
    "ClientError: Data download failed:The object {url} would be written outside of the directory of its input.",
    evidence=f"the beginning: sagemaker-python-sdk#128; the rest: {UNVERIFIED}",
)
CLASH: Final = Reason(
    "ClientError: Data download failed:The object {url} cannot be written: {trouble}.",
    evidence=f"the beginning: sagemaker-python-sdk#128; the rest: {UNVERIFIED}",
)
NOT_GZIP: Final = Reason(
    "ClientError: Data download failed:The object {url} is not compressed with gzip.",
    evidence=f"the beginning: sagemaker-python-sdk#128; the rest: {UNVERIFIED}",
)
PIPE_ONLY: Final = Reason(
    "ClientError: Data download failed:AugmentedManifestFile can only be used if the input mode of channel {channel} is Pipe.",
    evidence=f"the rule: S3DataSource's documentation of AugmentedManifestFile; the text: {UNVERIFIED}",
)
PARTIAL_PREFIX: Final = Reason(
    "ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not supported. S3 prefix "
    "has to end with a full file or folder. Add a trailing '/' to the S3 prefix if it ends with a folder name that is also a "
    "prefix for other folders. Current S3 prefix: [{prefix}], found S3 object: [{key}]",
    evidence="quoted in public notebooks of SageMaker pipelines",
)
DOWNLOAD_DISK_FULL: Final = Reason(
    "ClientError: Data download failed:Insufficient disk space",
    evidence="sagemaker-python-sdk#128",
)
UPLOAD_DISK_FULL: Final = Reason(
    "ClientError: Artifact upload failed:Insufficient disk space",
    evidence="huggingface/blog#114",
)
NO_BUCKET: Final = Reason(
    "ClientError: Artifact upload failed:The bucket {bucket} does not exist.",
    evidence=f"the beginning: huggingface/blog#114; the rest: {UNVERIFIED}",
)
ELSEWHERE: Final = Reason(
    "ClientError: LocalPath {path} is not an absolute path below /opt/ml/processing.",
    evidence=f"the rule: the LocalPath of ProcessingS3Input in the API's documentation; the text: {UNVERIFIED}",
)
OUT_OF_MEMORY: Final = Reason(
    "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance.",
    evidence="grand-challenge.org's back end matches it; quoted in many public repositories",
)
PROGRAM_FAILED: Final = Reason(
    "AlgorithmError: {told}, exit code: {code}",
    evidence="the SageMaker Python SDK's troubleshooting page in the Developer Guide, for a job that said nothing",
)
USERS_FAULT: Final = Reason(
    "{told}, exit code: {code}",
    evidence="aws-samples/amazon-sagemaker-immersion-day#82, for XGBoost: ClientError: Non-numeric value …, exit code: 1",
)
"""For a failure file that begins with `ClientError: `, as those of built-in algorithms do for what the user has to change."""
SEE_LOGS: Final = Reason(
    "AlgorithmError: See job logs for more information",
    evidence="sagemaker-spark-container's tests, for a processing job that wrote an exit message",
)


def is_full(trouble: OSError) -> bool:
    """Whether a disk, a quota or a limit on files was the trouble."""
    return trouble.errno in FULL
