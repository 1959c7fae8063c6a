"""Scripts of users that serve: model_fn and its companions, with what the images for scikit-learn and XGBoost do without them."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.runner.script_containers import SCIKIT_LEARN, XGBOOST, Served, program, serve, write_files
from tests.runner.test_scripts_training import archive, put, wheel
from tests.runner.yard import Yard

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.sandbox import Sandbox

MODEL_FN = """
    import os, joblib
    def model_fn(model_dir):
        return joblib.load(os.path.join(model_dir, "model.joblib"))
"""
FIT = """
import sys, joblib
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit([[0, 0], [1, 0], [0, 1]], [1, 3, 4]), sys.argv[1])
"""
BOOST = """
import sys, numpy, xgboost
data = xgboost.DMatrix(numpy.array([[0.0, 0], [1, 0], [0, 1], [1, 1]] * 5), label=[0, 1, 2, 3] * 5)
booster = xgboost.train({"max_depth": 3, "eta": 1, "lambda": 0}, data, 3)
booster.save_model(sys.argv[1])
"""


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """1 + 2 a + 3 b, as scikit-learn has learned it."""
    file = tmp_path_factory.mktemp("model") / "model.joblib"
    subprocess.run([program(SCIKIT_LEARN)[1].python, "-c", FIT, file], check=True)
    return file.read_bytes()


@pytest.fixture(scope="module")
def booster(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """a + 2 b, as XGBoost has learned it."""
    file = tmp_path_factory.mktemp("model") / "model.json"
    subprocess.run([program(XGBOOST)[1].python, "-c", BOOST, file], check=True)
    return file.read_bytes()


def start(yard: Yard, image: str, files: Mapping[str, str | bytes], **env: str) -> Served:
    """A server over /opt/ml with these files; it may not answer yet."""
    ml = yard.ml("server")
    (ml / "model").mkdir(exist_ok=True)
    write_files(ml, files)
    what, made = program(image)
    assert what.serve is not None
    return serve(yard, what.serve, made, name="server", degree=Sandbox().namespaces, env=env)


def serving(yard: Yard, image: str, files: Mapping[str, str | bytes], **env: str) -> Served:
    server = start(yard, image, files, **env)
    server.await_ping()
    return server


def scripted(yard: Yard, script: str, regression: bytes, **env: str) -> Served:
    """The image for scikit-learn with a script in the model's code directory."""
    return serving(yard, SCIKIT_LEARN, {"model/model.joblib": regression, "model/code/inference.py": script}, **env)


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(array))
    return file.getvalue()


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, regression: bytes) -> Iterator[Served]:
    """The image for scikit-learn with nothing but a model_fn."""
    yard = Yard(tmp_path_factory.mktemp("learned"))
    yield scripted(yard, MODEL_FN, regression)
    for container in yard.started:
        container.kill()


def test_a_model_fn_alone_answers_json_csv_and_npy(learned: Served) -> None:
    of_json = learned.ask("[[1, 1], [2, 0]]", "application/json")
    of_csv = learned.ask("1,1\n2,0\n", "text/csv", accept="text/csv")
    of_npy = learned.ask(npy([[1.0, 1], [2, 0]]), "application/x-npy", accept="application/x-npy")

    assert (of_json.status, of_json.content_type) == (200, "application/json")
    assert json.loads(of_json.body) == pytest.approx([6, 5])
    assert of_csv.content_type == "text/csv; charset=utf-8"
    assert [float(line) for line in of_csv.body.splitlines()] == pytest.approx([6, 5], abs=1e-5)
    assert np.load(io.BytesIO(of_npy.body)) == pytest.approx([6, 5])


@pytest.mark.parametrize(
    ("body", "content_type", "status", "said"),
    [
        ("<a/>", "text/xml", 415, "Content type text/xml is not supported by this framework."),
        ("[[1,", "application/json", 400, "the body cannot be read as application/json"),
        ("[[1], [1, 2]]", "application/json", 400, "the body cannot be read as application/json"),
        ("1,b\n2,c\n", "text/csv", 400, "the body has more than numbers in it"),
        ("nonsense", "application/x-npy", 400, "the body cannot be read as application/x-npy"),
        ("[[1, 2, 3]]", "application/json", 500, "ValueError: X has 3 features"),
    ],
)
def test_a_request_that_the_model_cannot_take_says_why(
    learned: Served, body: str, content_type: str, status: int, said: str
) -> None:
    reply = learned.ask(body, content_type)

    assert reply.status == status, reply.body
    assert said in reply.body.decode()


def test_an_answer_that_is_not_acceptable_says_why(learned: Served) -> None:
    reply = learned.ask("[[1, 1]]", "application/json", accept="text/xml")

    assert reply.status == 406
    assert b"Content type text/xml is not supported" in reply.body


def test_the_functions_of_the_user_get_texts_and_answer_with_their_type(yard: Yard, regression: bytes) -> None:
    script = MODEL_FN + """
    import json
    def input_fn(body, content_type):
        assert isinstance(body, str), type(body)
        return [[row["a"], row["b"]] for row in json.loads(body)["rows"]]
    def predict_fn(data, model):
        return model.predict(data) * 10
    def output_fn(prediction, accept):
        return json.dumps({"said": prediction.tolist(), "accept": accept}), "application/vnd.mine"
    """  # fmt: skip
    server = scripted(yard, script, regression)

    reply = server.ask('{"rows": [{"a": 1, "b": 1}]}', "application/json")

    assert (reply.status, reply.content_type) == (200, "application/vnd.mine")
    assert json.loads(reply.body) == {"said": [pytest.approx(60)], "accept": "application/json"}


def test_a_transform_fn_does_it_all(yard: Yard, regression: bytes) -> None:
    script = MODEL_FN + """
    def transform_fn(model, body, content_type, accept):
        assert isinstance(body, bytes)
        return str(len(body)).encode(), accept
    """  # fmt: skip
    server = scripted(yard, script, regression)

    reply = server.ask(b"\x00\x01\x02", "application/octet-stream", accept="application/x-size")

    assert (reply.content_type, reply.body) == ("application/x-size", b"3")


def test_an_answer_may_be_streamed(yard: Yard, regression: bytes) -> None:
    script = MODEL_FN + """
    def transform_fn(model, body, content_type, accept):
        return (f"{number} " for number in range(3)), "text/plain"
    """  # fmt: skip

    assert scripted(yard, script, regression).ask("go").body == b"0 1 2 "


def test_the_default_of_accept_can_be_set(yard: Yard, regression: bytes) -> None:
    server = scripted(yard, MODEL_FN, regression, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="text/csv")

    assert server.ask("1,1\n2,0\n").content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("def model_fn(model_dir):\n    raise ValueError('no model of mine')\n", "ValueError: no model of mine"),
        ("import nowhere\n", "No module named 'nowhere'"),
        ("def model_fn(model_dir)\n", "SyntaxError"),
        ("def predict_fn(data, model):\n    return 1\n", "Please provide a model_fn implementation."),
        (
            "def model_fn(d):\n    return 1\ndef transform_fn(m, b, c, a):\n    return 1\ndef input_fn(b, c):\n    return 1\n",
            "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn",
        ),
    ],
)
def test_a_broken_script_ends_the_server_with_its_trace(yard: Yard, script: str, said: str) -> None:
    server = start(yard, SCIKIT_LEARN, {"model/code/inference.py": script})

    assert server.container.wait(60) == 1
    assert said in server.written.text


def test_a_model_without_a_script_is_told_where_one_belongs(yard: Yard) -> None:
    server = start(yard, SCIKIT_LEARN, {"model/model.joblib": b"..."}, SAGEMAKER_PROGRAM="predict.py")

    assert server.container.wait(60) == 1
    assert "there is no predict.py in " in server.written.text
    assert "put the script into code/ of model.tar.gz" in server.written.text


def test_a_script_that_answers_nothing_is_told_what_it_may(yard: Yard, regression: bytes) -> None:
    server = scripted(yard, MODEL_FN + "    def output_fn(prediction, accept):\n        return None\n", regression)

    reply = server.ask("[[1, 1]]", "application/json")

    assert reply.status == 500
    assert b"returned NoneType; it must be a text or bytes" in reply.body


def test_requirements_and_modules_beside_the_script_are_found(yard: Yard, regression: bytes) -> None:
    files: dict[str, str | bytes] = {
        "model/model.joblib": regression,
        "model/code/inference.py": MODEL_FN
        + "    import answer, beside\n    def output_fn(p, a):\n        return str(answer.VALUE + beside.ONE)\n",
        "model/code/beside.py": "ONE = 1\n",
        "model/code/requirements.txt": "./answer-1.0-py3-none-any.whl\n",
        "model/code/answer-1.0-py3-none-any.whl": wheel(),
    }

    reply = serving(yard, SCIKIT_LEARN, files).ask("[[1, 1]]", "application/json")

    assert reply.body == b"43"
    # What Flask, on which AWS's images stand, says of a text without a type.
    assert reply.content_type == "text/html; charset=utf-8"


def test_the_script_may_be_in_s3(yard: Yard, regression: bytes, tmp_path: Path) -> None:
    with Emulator.start() as sagemaker:
        put(sagemaker, "job/sourcedir.tar.gz", archive(tmp_path, {"train.py": MODEL_FN}))
        server = serving(
            yard,
            SCIKIT_LEARN,
            {"model/model.joblib": regression},
            SAGEMAKER_PROGRAM="train.py",
            SAGEMAKER_SUBMIT_DIRECTORY="s3://scripts/job/sourcedir.tar.gz",
            AWS_ENDPOINT_URL=sagemaker.url,
            AWS_ACCESS_KEY_ID="123456789012",
            AWS_SECRET_ACCESS_KEY="emulated",
        )

        assert json.loads(server.ask("[[1, 1]]", "application/json").body) == pytest.approx([6])


def test_a_repacked_model_names_its_code_by_path(yard: Yard, regression: bytes) -> None:
    server = scripted(yard, MODEL_FN, regression, SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")

    assert json.loads(server.ask("[[1, 1]]", "application/json").body) == pytest.approx([6])


def test_several_models_have_scripts_of_their_own(yard: Yard) -> None:
    files = {
        f"models/{name}/code/inference.py": f"""
            def model_fn(model_dir):
                return "{name}"
            def transform_fn(model, body, content_type, accept):
                return model
        """
        for name in "ab"
    }
    server = serving(yard, SCIKIT_LEARN, files, SAGEMAKER_MULTI_MODEL="true")
    ml = yard.ml("server")

    for name in "ab":
        said = {"model_name": name, "url": Sandbox().inside(ml / "models" / name, ml=ml)}
        assert server.ask(json.dumps(said), "application/json", path="/models").status == 200

    assert [server.ask("", path=f"/models/{name}/invoke").body for name in "ab"] == [b"a", b"b"]


def test_xgboost_with_a_script_takes_csv_and_libsvm(yard: Yard, booster: bytes) -> None:
    script = """
        import os, xgboost
        def model_fn(model_dir):
            booster = xgboost.Booster()
            booster.load_model(os.path.join(model_dir, "model.json"))
            return booster
    """
    server = serving(yard, XGBOOST, {"model/model.json": booster, "model/code/inference.py": script})

    of_csv = server.ask("1,1\n0,1", "text/csv")
    of_libsvm = server.ask("0 0:1 1:1\n0 0:0 1:1\n", "text/libsvm", accept="text/csv")
    broken = server.ask("1,x", "text/csv")

    assert json.loads(of_csv.body) == pytest.approx([3, 2])
    assert [float(line) for line in of_libsvm.body.splitlines()] == pytest.approx([3, 2])
    assert broken.status == 400
    assert server.ask("1", "text/xml").status == 415


def test_code_that_climbs_out_of_its_archive_is_refused(yard: Yard) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../inference.py"))

    server = start(
        yard, SCIKIT_LEARN, {"source.tar.gz": file.getvalue()}, SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/source.tar.gz"
    )

    assert server.container.wait(60) == 1
    assert "/opt/ml/source.tar.gz cannot be unpacked" in server.written.text
