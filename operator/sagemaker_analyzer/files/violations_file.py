"""`constraint_violations.json`, and beside it `rejected.json`, which Model Monitor does not have.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
"""

from collections.abc import Iterable
from typing import Any

from sagemaker_analyzer.model import Rejected, Violation


def violations_form(violations: Iterable[Violation]) -> dict[str, Any]:
    """The file's content."""
    return {
        "violations": [
            {"feature_name": said.feature, "constraint_check_type": said.check, "description": said.description}
            for said in violations
        ]
    }


def rejected_form(rejected: Iterable[Rejected]) -> dict[str, Any]:
    """What could not be read, by file and kind."""
    return {
        "rejected": [
            {"kind": str(part.kind), "file": part.file, "records": part.records, "example": part.example}
            for part in rejected
        ]
    }
