"""InputFilter, JoinSource and OutputFilter on records and predictions."""

import itertools
import json

import pytest

from sagemaker_local.runner.transform.shaping import BadData, Shape, shape


def csv_shape(accept: str = "text/csv", **processing: str) -> Shape:
    return shape(processing, content_type="text/csv", accept=accept)


def json_shape(**processing: str) -> Shape:
    return shape(processing, content_type="application/jsonlines", accept="application/jsonlines")


def test_without_processing_everything_stays_as_it_is() -> None:
    plain = shape({}, content_type="image/png", accept="")
    assert plain.for_model(b"\x00\xff") == b"\x00\xff"
    assert plain.for_output([b"\x00"], b"\xfe", "application/x") == [b"\xfe"]


def test_the_input_filter_drops_a_column_and_keeps_quotes_where_they_are_needed() -> None:
    assert csv_shape(InputFilter="$[1:]").for_model(b'id,"a, b",2') == b'"a, b",2'


def test_one_column_is_a_row_of_one() -> None:
    assert csv_shape(InputFilter="$[1]").for_model(b"id,5,2") == b"5"


def test_the_input_filter_takes_the_features_of_an_object() -> None:
    assert json_shape(InputFilter="$.features").for_model(b'{"id": 1, "features": [1, 2.5]}') == b"[1, 2.5]"


def test_predictions_are_appended_to_the_whole_row_of_the_input() -> None:
    shaped = csv_shape(InputFilter="$[1:]", JoinSource="Input")
    assert shaped.for_output([b"id1,1,2", b"id2,3,4"], b"0.1\n0.2\n", "text/csv") == [b"id1,1,2,0.1", b"id2,3,4,0.2"]


def test_the_output_filter_selects_from_the_joined_row() -> None:
    shaped = csv_shape(JoinSource="Input", OutputFilter="$[0,-1]")
    assert shaped.for_output([b"id1,1,2"], b"0.1", "text/csv") == [b"id1,0.1"]


def test_a_prediction_joins_an_object_as_sagemakeroutput() -> None:
    shaped = json_shape(JoinSource="Input")
    assert [
        json.loads(line) for line in shaped.for_output([b'{"key":1}'], b'{"label":1}\n', "application/jsonlines")
    ] == [{"key": 1, "SageMakerOutput": {"label": 1}}]


def test_what_is_no_object_becomes_sagemakerinput() -> None:
    (line,) = json_shape(JoinSource="Input").for_output([b"[1, 2]"], b"3", "application/jsonlines")
    assert json.loads(line) == {"SageMakerInput": [1, 2], "SageMakerOutput": 3}


def test_the_output_filter_takes_members_of_the_joined_object() -> None:
    shaped = json_shape(InputFilter="$.features", JoinSource="Input", OutputFilter="$['id','SageMakerOutput']")
    (line,) = shaped.for_output([b'{"id": 9, "features": [1]}'], b'{"score": 0.5}', "application/jsonlines")
    assert json.loads(line) == {"id": 9, "SageMakerOutput": {"score": 0.5}}


def test_the_output_filter_reads_json_answers_to_csv_when_nothing_is_joined() -> None:
    shaped = csv_shape(accept="application/json", OutputFilter="$['class']")
    assert shaped.for_output([b"1,2"], b'{"class": "rich", "score": 0.9}', "application/json") == [b'"rich"']


@pytest.mark.parametrize(("accept", "number"), [("text/csv", b"5,id-1,now"), ("", b"5,id-1,now")])
def test_inference_ids_are_the_last_columns(accept: str, number: bytes) -> None:
    ids = (f"id-{count}" for count in itertools.count(1))
    shaped = shape({}, content_type="text/csv", accept=accept, ids=lambda: next(ids), time="now")
    assert shaped.for_output([b"1"], b"5\n", "text/csv") == [number]


def test_inference_ids_are_members_of_objects() -> None:
    shaped = shape({}, content_type="application/json", accept="", ids=lambda: "id-1", time="now")
    (line,) = shaped.for_output([b"{}"], b'{"output": 0}', "application/json")
    assert json.loads(line) == {"output": 0, "SageMakerInferenceId": "id-1", "SageMakerInferenceTime": "now"}


def test_predictions_that_do_not_match_the_records_are_an_error() -> None:
    with pytest.raises(BadData, match="answered 1 lines to 2 records"):
        csv_shape(JoinSource="Input").for_output([b"1", b"2"], b"0.1,0.2", "text/csv")


def test_csv_and_json_are_not_joined() -> None:
    with pytest.raises(BadData, match="cannot be joined"):
        csv_shape(accept="application/json", JoinSource="Input").for_output([b"1"], b"{}", "application/json")


@pytest.mark.parametrize("record", [b"{", b"\xff"])
def test_a_record_that_is_not_json_is_an_error(record: bytes) -> None:
    with pytest.raises(BadData, match="no JSON record"):
        json_shape(InputFilter="$.x").for_model(record)


def test_filters_need_a_format_that_can_be_looked_into() -> None:
    with pytest.raises(BadData, match="image/png"):
        shape({"InputFilter": "$[0]"}, content_type="image/png", accept="").for_model(b"")


def test_columns_beyond_the_joined_row_are_an_error() -> None:
    with pytest.raises(BadData, match="beyond the 2"):
        csv_shape(JoinSource="Input", OutputFilter="$[5]").for_output([b"1"], b"2", "text/csv")


def test_a_filter_that_is_no_path_is_an_error() -> None:
    with pytest.raises(BadData, match="JSONPath"):
        csv_shape(InputFilter="features")
