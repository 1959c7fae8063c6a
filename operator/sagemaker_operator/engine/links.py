"""Where people find a job in the AWS console, and programs an endpoint: addresses, in the partition and region of an ARN.

Not here: whether the reader may open them, or is signed in to that account.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

# The console of a region is "<region>.<host>".
# aws, aws-cn, aws-us-gov: aws-samples/sagemaker-ssh-helper, tests/test_local.py (URLs of CloudWatch in each of them).
# aws-eusc: https://docs.aws.eu/general/latest/gr/endpoints.html, and aws-cli's login to the console.
# aws-iso-b, aws-iso-e: the hosts in AWS's own console scripts and in SAML's audience there; aws-iso and aws-iso-f are named
# after their sign-in hosts (signin.c2shome.ic.gov, signin.csphome.hci.ic.gov) in the same way: UNVERIFIED.
_CONSOLES: Mapping[str, str] = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-iso": "console.c2shome.ic.gov",
    "aws-iso-b": "console.sc2shome.sgov.gov",
    "aws-iso-e": "console.csphome.adc-e.uk",
    "aws-iso-f": "console.csphome.hci.ic.gov",
}

# Under which names AWS answers in a partition: data/partitions.json of botocore.
_SUFFIXES: Mapping[str, str] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}
# And the names that stand for IPv6 as well, from there too.
_DUAL_STACK = (
    *("api.aws", "api.amazonwebservices.com.cn", "api.amazonwebservices.eu", "api.aws.ic.gov", "api.aws.scloud"),
    *("api.cloud-aws.adc-e.uk", "api.aws.hci.ic.gov"),
)


def page(arn: str, path: str, name: str) -> str | None:
    """The page of a job.

    Args:
        arn: of the job.
        path: what stands before its name: ``jobs`` for training jobs. The paths of SageMaker's console are not documented; those
            of the rows are the ones that public code builds, such as Flyte's SageMaker plugins.
        name: of the job.

    Returns:
        The address; None if the ARN is none, or of a partition that is not known: no link is better than a wrong one.
    """
    home = _home(arn, "sagemaker")
    return f"{home}#/{path}/{quote(name, safe='')}" if home else None


def logs(arn: str, group: str, prefix: str) -> str | None:
    """The page of the log streams of a group whose names begin with a prefix; None as for `page`.

    The console wants what stands behind the ``#`` quoted twice, with ``$`` for ``%``: see the tests of
    aws-samples/sagemaker-ssh-helper.
    """
    home = _home(arn, "cloudwatch")
    if home is None:
        return None
    return f"{home}#logsV2:log-groups/log-group/{_twice(group)}$3FlogStreamNameFilter$3D{_twice(prefix)}"


def runtime(arn: str, name: str, *, asynchronous: bool = False, override: str = "") -> str | None:
    """Where an endpoint is invoked, as InvokeEndpoint and InvokeEndpointAsync do it.

    Args:
        arn: of the endpoint.
        name: of the endpoint.
        asynchronous: whether it takes its requests from S3.
        override: where SageMaker's control plane is; an address of AWS's own says nothing about where its runtime is.

    Returns:
        The address; None as for `page`.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[3] or (suffix := _SUFFIXES.get(parts[1])) is None:
        return None
    host = urlsplit(override).hostname or ""
    ours = host.endswith(tuple(f".{one}" for one in (*_SUFFIXES.values(), *_DUAL_STACK)))
    # https://docs.aws.amazon.com/general/latest/gr/sagemaker.html: FIPS endpoints of the runtime.
    fips = "-fips" if host.startswith("api-fips.") and ours else ""
    base = override.rstrip("/") if host and not ours else f"https://runtime{fips}.sagemaker.{parts[3]}.{suffix}"
    return f"{base}/endpoints/{quote(name, safe='')}/{'async-' if asynchronous else ''}invocations"


def _home(arn: str, service: str) -> str | None:
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[3] or (host := _CONSOLES.get(parts[1])) is None:
        return None
    return f"https://{parts[3]}.{host}/{service}/home?region={parts[3]}"


def _twice(text: str) -> str:
    return quote(quote(text, safe=""), safe="").replace("%", "$")
