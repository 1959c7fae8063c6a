"""Runs of the analyzer that leave a report to look at."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_analyzer.command import run

LINES = '{"json": {"lines": true}}'


@dataclass(frozen=True, slots=True)
class Job:
    """Where runs find their data and leave their files."""

    root: Path

    def run(self, name: str, records: list[dict[str, Any]], **environment: str) -> Path:
        """Analyses records; the report that it leaves."""
        source, output = self.root / name / "in", self.root / name / "out"
        source.mkdir(parents=True)
        (source / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        code = run(
            {"dataset_source": str(source), "dataset_format": LINES, "output_path": str(output), **environment},
            root=self.root / name / "ml",
        )
        assert code == 0, (self.root / name / "ml/output/message").read_text()
        return output / "report.html"

    def check(self, name: str, records: list[dict[str, Any]], **environment: str) -> Path:
        """As `run`, held against the run that was called "baseline"."""
        before = str(self.root / "baseline/out")
        return self.run(name, records, baseline_constraints=before, baseline_statistics=before, **environment)
