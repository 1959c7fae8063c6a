"""The programs that the analyzer is measured beside, each in an environment of its own, which is made once and kept."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from drifting import CATEGORIES, NUMBERS


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that gets the baseline, the directory of records and the file for its answer: the features that have drifted."""

    name: str
    requirements: tuple[str, ...]
    program: str


_EVIDENTLY = f"""
import json, sys, warnings
warnings.simplefilter("ignore")
import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import *
baseline, records, answer = sys.argv[1:]
numbers, categories = list({NUMBERS!r}), list({CATEGORIES!r})
definition = DataDefinition(numerical_columns=numbers, categorical_columns=categories)
metrics = [ValueDrift(column=name, method="ks", threshold=0.05) for name in numbers]
metrics += [ValueDrift(column=name, method="jensenshannon", threshold=0.1) for name in categories]
metrics += [kind(column=name) for name in numbers for kind in (MeanValue, StdValue, MinValue, MaxValue)]
metrics += [QuantileValue(column=name, quantile=0.5) for name in numbers]
metrics += [MissingValueCount(column=name) for name in numbers + categories]
metrics += [UniqueValueCount(column=name) for name in categories]
now, then = (Dataset.from_pandas(pandas.read_parquet(path), data_definition=definition) for path in (records, baseline))
found = Report(metrics, include_tests=False).run(now, then).dict()["metrics"]
drifted = []
for metric in found:
    config = metric["config"]
    if config["type"].endswith("ValueDrift"):
        far = metric["value"] < 0.05 if config["method"] == "ks" else metric["value"] > 0.1
        drifted += [config["column"]] if far else []
open(answer, "w").write(json.dumps(drifted))
"""

_WHYLOGS = """
import json, pathlib, sys, warnings
warnings.simplefilter("ignore")
import pyarrow.parquet
from whylogs.core import DatasetProfile
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores
baseline, records, answer = sys.argv[1:]
def profile(files):
    found = DatasetProfile()
    for file in files:
        for batch in pyarrow.parquet.ParquetFile(file).iter_batches(100_000):
            found.track(batch.to_pandas())
    return found.view()
now, then = profile(sorted(pathlib.Path(records).iterdir())), profile([baseline])
now.to_pandas()
scores = calculate_drift_scores(target_view=now, reference_view=then)
open(answer, "w").write(json.dumps([name for name, score in scores.items() if score and score["pvalue"] < 0.05]))
"""

PEERS = (
    Peer("Evidently", ("evidently==0.7.23", "pandas==2.3.3", "pyarrow==26.0.1"), _EVIDENTLY),
    Peer("whylogs", ("whylogs[viz]==1.6.4", "pandas==2.3.3", "pyarrow==26.0.1"), _WHYLOGS),
)


def python_of(peer: Peer) -> Path:
    """The interpreter of its environment. SystemExit if that cannot be made."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sagemaker-operator" / "benchmarks"
    directory, wanted = cache / peer.name.lower(), "\n".join(peer.requirements)
    python, ready = directory / "bin" / "python", directory / "ready"
    if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
        print(f"Installing {peer.name} into {directory}", file=sys.stderr)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.requirements]
        for command in ([sys.executable, "-m", "venv", "--clear", str(directory)], install):
            if subprocess.run(command, check=False).returncode:
                raise SystemExit(f"{peer.name} cannot be installed; see above. It comes from the package index.")
        ready.write_text(wanted, encoding="utf-8")
    return python
