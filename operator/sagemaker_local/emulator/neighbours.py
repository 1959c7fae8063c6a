"""The services beside SageMaker, as SageMaker itself uses them: S3, alarms, metrics, scalable targets.

But for the scalable targets they are moto's, in this process; this module is the only one that reads and writes moto's state.
moto is loaded when something is written; as long as nobody has used it, there is nothing in it to be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sagemaker_local.emulator.mount import Moto
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.scaling.targets import Targets


@dataclass(frozen=True, slots=True)
class Statistics:
    """What CloudWatch keeps of the values of a datum, which were `count`, at least one."""

    count: float
    total: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of CloudWatch on one metric.

    Attributes:
        kept: moto's, whose members are those of PutMetricAlarm in snake case.
    """

    place: Place
    kept: Any

    def enter(self, state: str, reason: str) -> None:
        """Be in another state: OK or ALARM."""
        self.kept.update_state(reason, "{}", state)


class Neighbours:
    """S3 and others, in the account of whoever asked SageMaker. Bucket names are global, as in AWS.

    Attributes:
        targets: the scalable targets; put in place by whoever knows what can be scaled.
    """

    def __init__(self, moto: Moto) -> None:
        self._moto = moto
        self.targets: Targets | None = None

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        """Whether S3 holds an object with that prefix."""
        found = self._bucket(account, bucket)
        return found is not None and any(key.startswith(prefix) for key in list(found.keys))

    def holds(self, account: str, bucket: str) -> bool:
        """Whether there is such a bucket."""
        return self._bucket(account, bucket) is not None

    def keys(self, account: str, bucket: str, prefix: str) -> list[str]:
        """The keys that start with the prefix, sorted; empty if there is no such bucket."""
        found = self._bucket(account, bucket)
        return sorted(key for key in list(found.keys) if key.startswith(prefix)) if found is not None else []

    def get(self, account: str, bucket: str, key: str) -> bytes | None:
        """The content of an object; None if there is none."""
        found = self._bucket(account, bucket)
        held = found.keys.get(key) if found is not None else None
        return None if held is None else bytes(held.value)

    def put(self, account: str, bucket: str, key: str, body: bytes) -> bool:
        """Write an object; False if there is no such bucket."""
        if self._bucket(account, bucket) is None:
            return False
        backend, _ = self._backend(account, bucket)
        backend.put_object(bucket, key, body)
        return True

    def alarm(self, place: Place, name: str) -> str | None:
        """The state of a CloudWatch alarm; None if there is no such alarm."""
        if not self._moto.loaded:
            return None
        from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415 see below

        found = cloudwatch_backends[place.account][place.region].alarms.get(name)
        return None if found is None else str(found.state_value)

    def measure(
        self,
        place: Place,
        namespace: str,
        name: str,
        *,
        dimensions: Mapping[str, str],
        unit: str,
        when: float,
        values: Statistics,
    ) -> Callable[[Statistics], None]:
        """Put a datum into CloudWatch; what is returned says later what its values have become.

        Raises:
            ImportError: moto is not installed.
        """
        self._moto.load()
        from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends  # noqa: PLC0415 see below

        datum = MetricAggregatedDatum(
            namespace, name, values.least, values.most, values.count, values.total,
            [{"Name": key, "Value": value} for key, value in dimensions.items()],
            datetime.fromtimestamp(when, UTC).replace(tzinfo=None),
            unit,
        )  # fmt: skip
        cloudwatch_backends[place.account][place.region].metric_data.append(datum)

        def change(now: Statistics) -> None:
            datum.min, datum.max, datum.sample_count, datum.sum = now.least, now.most, now.count, now.total

        return change

    def measured(
        self, place: Place, namespace: str, name: str, *, dimensions: Mapping[str, str], since: float, until: float
    ) -> Statistics | None:
        """What anybody put into CloudWatch for a metric in a time, with exactly these dimensions; None if nothing."""
        if not self._moto.loaded:
            return None
        from moto.cloudwatch import models  # noqa: PLC0415 see below

        first, last = (datetime.fromtimestamp(moment, UTC).replace(tzinfo=None) for moment in (since, until))
        found = models.Statistics(["Sum", "SampleCount", "Minimum", "Maximum"], first)
        found.metric_data = [
            datum
            for datum in list(models.cloudwatch_backends[place.account][place.region].metric_data)
            if (datum.namespace, datum.name) == (namespace, name)
            and {one.name: one.value for one in datum.dimensions} == dict(dimensions)
            and first <= datum.timestamp.replace(tzinfo=None) < last
        ]
        if not found.metric_data:
            return None
        least, most = float(found.minimum or 0), float(found.maximum or 0)
        return Statistics(found.calc_sample_count(), found.calc_sum(), least, most)

    def alarms(self) -> list[Alarm]:
        """All alarms on one metric, in all accounts and regions."""
        if not self._moto.loaded:
            return []
        from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415 see below

        return [
            Alarm(Place(account, region), alarm)
            for account, regions in list(cloudwatch_backends.items())
            for region, backend in list(regions.items())
            for alarm in list(backend.alarms.values())
            if alarm.metric_name
        ]

    def scalable(self, place: Place, resource_id: str) -> tuple[int, int] | None:
        """The least and the greatest capacity of a scalable target of Application Auto Scaling; None if not registered."""
        return None if self.targets is None else self.targets.limits(place, resource_id)

    def deregister(self, place: Place, resource_id: str) -> None:
        """Let a resource be a scalable target no more."""
        if self.targets is not None:
            self.targets.forget(place, resource_id)

    def _bucket(self, account: str, bucket: str) -> Any:
        if not self._moto.loaded:
            return None
        backend, name = self._backend(account, bucket)
        return backend.buckets.get(name)

    @staticmethod
    def _backend(account: str, bucket: str) -> tuple[Any, str]:
        from moto.s3.models import s3_backends  # noqa: PLC0415 heavy, and only needed once moto is in use

        partition, owner = s3_backends.bucket_accounts.get(bucket, ("aws", account))
        return s3_backends[owner][partition], bucket
