"""The stand-in for the image of K-Means: scikit-learn's under SageMaker's names."""

import random
from pathlib import Path

import pytest
from tests.runner.algorithm_jobs import Bench, Container, computed, csv
from tests.runner.record_writing import framed

UNLABELLED = "text/csv;label_size=0"
LIBRARY = """
import json, sys
import numpy as np
from sklearn.cluster import KMeans
rows = np.loadtxt(sys.argv[1], delimiter=",", ndmin=2)
model = KMeans(n_clusters=3, init="k-means++", n_init=4, max_iter=300, tol=0.0001, random_state=0).fit(rows)
distances = model.transform(rows).min(axis=1).tolist()
print(json.dumps({"clusters": model.predict(rows).tolist(), "distances": distances, "ssd": model.inertia_}))
"""


@pytest.fixture
def container(algorithms: Bench, tmp_path: Path) -> Container:
    return Container.of("kmeans", tmp_path / "ml", algorithms)


def points() -> list[list[float]]:
    """Around three places."""
    chance = random.Random(2)
    return [[chance.gauss(x, 0.4), chance.gauss(y, 0.4)] for x, y in ((0, 0), (5, 0), (0, 5)) for _ in range(30)]


def test_clusters_distances_and_metrics_are_those_of_scikit_learn(container: Container) -> None:
    rows = csv(points())
    container.channel("train", {"a.csv": rows}, UNLABELLED).channel("test", {"a.csv": rows}, UNLABELLED)
    file = container.ml / "input" / "data" / "train" / "a.csv"
    expected = computed(container.bench, LIBRARY, str(file))

    ended = container.train(k="3", feature_dim="2", local_lloyd_num_trials="4", eval_metrics='["msd", "ssd"]')
    with container.serving() as server:
        in_json = server.ask(rows).json()
        in_csv = server.ask(rows, accept="text/csv").text

    predictions = in_json["predictions"]
    assert [one["closest_cluster"] for one in predictions] == expected["clusters"]
    assert [one["distance_to_cluster"] for one in predictions] == pytest.approx(expected["distances"], rel=1e-9)
    lines = [",".join(str(one[name]) for name in ("closest_cluster", "distance_to_cluster")) for one in predictions]
    assert in_csv.splitlines() == lines
    for part in ("train", "test"):
        told = [ended.metric(rf"#quality_metric: host=\S+, {part} {name} <loss>=(\S+)")[0] for name in ("msd", "ssd")]
        assert told == pytest.approx([expected["ssd"] / 90, expected["ssd"]], rel=1e-6)


def test_several_instances_with_the_same_data_make_one_model(container: Container, algorithms: Bench) -> None:
    other = Container.of("kmeans", container.ml.parent / "other", algorithms)
    hosts = ("algo-1", "algo-2")
    for one in (container, other):
        one.channel("train", {"a.csv": csv(points())}, UNLABELLED)

    ended = [
        one.start(hosts, host, k="3", feature_dim="2").ended()
        for one, host in zip((container, other), hosts, strict=True)
    ]

    assert [one.code for one in ended] == [0, 0]
    assert [[path.name for path in (one.ml / "model").iterdir()] for one in (container, other)] == [
        ["model_algo-1"],
        [],
    ]


def test_data_that_is_divided_among_instances_is_refused(container: Container) -> None:
    container.channel("train", {"a.csv": csv(points())}, UNLABELLED)
    container.inputs["train"]["S3DistributionType"] = "ShardedByS3Key"

    ended = container.start(("algo-1", "algo-2"), "algo-1", k="3", feature_dim="2").ended()

    assert ended.failure == (
        "ClientError: The channel train is divided among 2 instances by ShardedByS3Key, which this algorithm does not support in "
        "local execution. Use FullyReplicated, or one instance."
    )


def test_records_are_read_without_labels(container: Container) -> None:
    container.channel("train", {"a.pbr": b"".join(map(framed, points()))}, None)

    ended = container.train(k="3", feature_dim="2")

    assert ended.code == 0, ended.log
    assert ended.metric(r"#quality_metric: host=\S+, train msd <loss>=(\S+)")[0] < 1


@pytest.mark.parametrize(
    ("hyperparameters", "reason"),
    [
        (
            {},
            "No value(s) were specified for 'feature_dim', 'k' which are required hyperparameter(s) (caused by ValidationError)",
        ),
        (
            {"k": "1", "feature_dim": "2"},
            (
                "The value '1' is not valid for the 'k' hyperparameter which expects one of the following: an integer from 2 on "
                "(caused by ValidationError)"
            ),
        ),
        (
            {"k": "91", "feature_dim": "2"},
            "The channel 'train' has 90 rows, which is less than the 91 clusters of 'k'.",
        ),
        (
            {"k": "3", "feature_dim": "2", "eval_metrics": '["rmse"]'},
            (
                "The value 'rmse' is not valid for the 'eval_metrics' hyperparameter which accepts one of the following: 'msd', "
                "'ssd' (caused by ValidationError)"
            ),
        ),
    ],
)
def test_what_the_user_has_to_change_is_told(
    container: Container, hyperparameters: dict[str, str], reason: str
) -> None:
    ended = container.channel("train", {"a.csv": csv(points())}, UNLABELLED).train(**hyperparameters)

    assert (ended.code, ended.failure) == (2, f"ClientError: {reason}")
