"""Credentials, endpoints and clients: everything about boto3 that is set up once.

Blocking: to be called from the threads of `cloud`. Credentials come from boto3's default chain, which also renews them.
"""

import os
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.parsers import ResponseParserFactory
from botocore.session import Session
from botocore.utils import parse_timestamp

from sagemaker_operator.model.service import loader

from . import failures

# botocore's clients have their methods from the service model, so they have no type of their own.
Client = Any


class Sessions:
    """One botocore session and its clients, one for each service and region.

    Args:
        endpoint_url: where SageMaker is, and all else too if that is no address of AWS; None for AWS itself.
        identity: what the operator calls itself in the user agent, such as ``sagemaker-operator/0.1.0``.
        connections: how many connections a client keeps open.
        connect_timeout: seconds until a connection counts as refused.
        read_timeout: seconds without a byte until an answer counts as lost.
        credentials_pause: seconds until credentials are looked for again when there were none.
    """

    def __init__(
        self,
        *,
        endpoint_url: str | None = None,
        identity: str = "sagemaker-operator",
        connections: int = 16,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        credentials_pause: float = 5.0,
    ) -> None:
        self.endpoint_url = endpoint_url
        self._identity = identity
        self._config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            max_pool_connections=connections,
            # A retry inside botocore would turn a lost reply into "already exists" and bypass the rate limits.
            retries={"mode": "standard", "total_max_attempts": 1},
            # The API server has validated the manifest against the same model; AWS does it again.
            parameter_validation=False,
            tcp_keepalive=True,
        )
        self._lock = Lock()
        self._session: Session | None = None
        self._clients: dict[tuple[str, str], Client] = {}
        self._account: str | None = None
        self._credentials_pause = credentials_pause
        self._barren_until = float("-inf")

    def client(self, region: str, service: str = "sagemaker") -> Client:
        """The client of a service in a region; thread-safe, as the clients themselves are."""
        return self._client(service, region)

    def account(self, region: str) -> str:
        """The id of the AWS account that the credentials belong to, asked once."""
        if self._account is None:
            self._account = str(self._client("sts", region).get_caller_identity()["Account"])
        return self._account

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _client(self, service: str, region: str) -> Client:
        if (client := self._clients.get((service, region))) is not None:
            return client
        with self._lock:
            if (service, region) not in self._clients:
                session = self._session = self._session or self._with_credentials()
                self._clients[service, region] = session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint_url if service == "sagemaker" or not self._of_aws else None,
                    # botocore would put the same words together anew for every call, for a tenth of its CPU time.
                    config=self._config.merge(Config(user_agent=f"{self._identity} {session.user_agent()}")),
                )
            return self._clients[service, region]

    @property
    def _of_aws(self) -> bool:
        """Whether the endpoint URL is one of AWS's, such as that of a VPC endpoint, behind which there is one service alone."""
        host = urlsplit(self.endpoint_url or "").hostname or ""
        return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))

    def _with_credentials(self) -> Session:
        # A client that was made without credentials never gets any, so none is made. To look for them may mean to wait for
        # an instance's metadata service, which a thousand calls must not do in a row.
        if monotonic() < self._barren_until:
            raise NoCredentialsError
        session = _session()
        if session.get_credentials() is None:
            self._barren_until = monotonic() + self._credentials_pause
            raise NoCredentialsError
        return session


def _session() -> Session:
    session = Session()
    # The model of SageMaker is the largest part of a client, and `model.service` has read it already.
    session.register_component("data_loader", loader())
    session.register_component("response_parser_factory", parsers())
    return session


def parsers() -> ResponseParserFactory:
    """What makes the parsers of answers."""
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=_timestamp)
    return factory


def _timestamp(value: float | str) -> datetime:
    """A time in an answer, in UTC; botocore's own parser gives local time and costs more than the rest of the answer."""
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except ValueError:
        parsed: datetime = parse_timestamp(str(value))
        return parsed.astimezone(UTC)


def default_region() -> str | None:
    """The region that AWS's own configuration names: environment, then profile; None if neither does.

    botocore itself does not read ``AWS_REGION``, which every other SDK does and which EKS sets in pods.

    Raises:
        Denied: if the configuration cannot be read, or has no profile of the name that is asked for.
    """
    try:
        region = os.environ.get("AWS_REGION") or Session().get_config_variable("region")
    except BotoCoreError as error:
        raise failures.read(error, "") from error
    return str(region) if region else None
