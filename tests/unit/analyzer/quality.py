"""Jobs of model quality: datasets that have the truth, and captures with ground truth beside them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from captures import write

from sagemaker_analyzer.command import run


@dataclass(frozen=True, slots=True)
class QualityJob:
    """A place where a job of model quality runs, and what it leaves behind."""

    root: Path
    problem: str

    def dataset(self, columns: Mapping[str, Iterable[Any]], **environment: str) -> int:
        """A run over CSV, whose columns are as the baselining jobs of the SDK name them."""
        rows = zip(*columns.values(), strict=True)
        path = write(self.root / "data/a.csv", [",".join(columns), *(",".join(map(str, row)) for row in rows)])
        places = {f"{name}_attribute": name for name in ("inference", "probability", "ground_truth") if name in columns}
        return self.run(
            dataset_source=str(path), dataset_format='{"csv": {"header": true}}', **{**places, **environment}
        )

    def merge(self, captured: Iterable[str], truths: Iterable[str] | None, **environment: str) -> int:
        """A run over captured lines and lines of ground truth."""
        path = write(self.root / "captured/2026/01/01/10/a.jsonl", captured)
        if truths is not None:
            truth = write(self.root / "truth/2026/01/01/11/b.jsonl", truths)
            environment = {"ground_truth_source": str(truth.parents[4]), **environment}
        return self.run(dataset_source=str(path.parents[4]), **{"inference_attribute": "0", **environment})

    def run(self, **environment: str) -> int:
        common = {"analysis_type": "MODEL_QUALITY", "problem_type": self.problem}
        return run({**common, "output_path": str(self.root / "out"), **environment}, root=self.root)

    def file(self, name: str) -> Any:
        return json.loads((self.root / "out" / name).read_text())

    @property
    def metrics(self) -> dict[str, Any]:
        """The group of metrics in statistics.json."""
        return next(value for name, value in self.file("statistics.json").items() if name.endswith("_metrics"))

    def value(self, metric: str) -> float:
        value: float = self.metrics[metric]["value"]
        return value

    @property
    def message(self) -> str:
        return (self.root / "output/message").read_text()

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """What could not be read, by kind."""
        return [(part["kind"], part["records"]) for part in self.file("rejected.json")["rejected"]]

    @property
    def unmerged(self) -> list[tuple[str, str, int]]:
        """What could not be brought together, by the first part of its path and kind."""
        parts = self.file("rejected.json")["unmerged"]
        return [(Path(p["file"]).relative_to(self.root).parts[0], p["kind"], p["records"]) for p in parts]


def truth(event: str, data: str, *, encoding: str = "CSV", inference: str = "") -> str:
    """One line of ground truth in the documented form."""
    metadata = {"eventId": event, **({"inferenceId": inference} if inference else {})}
    return json.dumps(
        {"groundTruthData": {"data": data, "encoding": encoding}, "eventMetadata": metadata, "eventVersion": "0"}
    )
