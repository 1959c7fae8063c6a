"""The JSONPath of InputFilter and OutputFilter."""

import pytest

from sagemaker_local.runner.transform.jsonpath import BadPath, NoMatch, parse

ROW = ["a", "b", "c", "d"]
RECORD = {
    "id": 7,
    "features": [1, 2, 3],
    "nested": {"x": 1, "y": 2},
    "SageMakerOutput": {"label": 1},
    "rows": [{"k": 1}, {"k": 2}],
}


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        ("$", ROW),
        ("", ROW),
        ("$[0]", "a"),
        ("$[-1]", "d"),
        ("$[1:]", ["b", "c", "d"]),
        ("$[:2]", ["a", "b"]),
        ("$[0:-1]", ["a", "b", "c"]),
        ("$[1:3]", ["b", "c"]),
        ("$[0,2]", ["a", "c"]),
        ("$[0, -1]", ["a", "d"]),
        ("$[0,2:]", ["a", "c", "d"]),
        ("$[*]", ROW),
    ],
)
def test_a_path_selects_columns_of_a_row(path: str, selected: object) -> None:
    assert parse(path).select(ROW) == selected


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        ("$.features", [1, 2, 3]),
        ("$['features']", [1, 2, 3]),
        ("$.features[0]", 1),
        ("$.features[1:]", [2, 3]),
        ("$['id','SageMakerOutput']", {"id": 7, "SageMakerOutput": {"label": 1}}),
        ("$.['id', 'features']", {"id": 7, "features": [1, 2, 3]}),
        ("$.nested.['x','y']", {"x": 1, "y": 2}),
        ("$.nested.*", [1, 2]),
        ("$.rows[*].k", [1, 2]),
        ("$.SageMakerOutput.label", 1),
    ],
)
def test_a_path_selects_members_of_an_object(path: str, selected: object) -> None:
    assert parse(path).select(RECORD) == selected


@pytest.mark.parametrize(
    "path", ["features", "$.", "$[", "$[a]", "$['a' 'b']", "$['a',]", "$..x", "$[?(@.x)]", "$[1:2:3]", "$x"]
)
def test_what_batch_transform_does_not_understand_is_no_path(path: str) -> None:
    with pytest.raises(BadPath, match=r"\$|JSONPath"):
        parse(path)


@pytest.mark.parametrize("path", ["$[4]", "$[-5]", "$[9:]", "$.name", "$['a']"])
def test_columns_that_a_row_does_not_have_are_an_error(path: str) -> None:
    with pytest.raises(NoMatch):
        parse(path).select(ROW)


@pytest.mark.parametrize("path", ["$.absent", "$['id','absent']", "$[0]", "$.features.x"])
def test_members_that_an_object_does_not_have_are_an_error(path: str) -> None:
    with pytest.raises(NoMatch, match="leads nowhere"):
        parse(path).select(RECORD)
