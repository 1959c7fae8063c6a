"""Scripts that import packages of AWS's images: as the examples for SageMaker do, they run as they are."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.runner.script_containers import (
    SCIKIT_LEARN,
    XGBOOST,
    Served,
    Trained,
    prepare,
    program,
    serve,
    start_training,
    trained,
    write_files,
)
from tests.runner.yard import Yard

from sagemaker_local.runner.sandbox import Sandbox

FEATURIZER = """
    import json
    from sagemaker_containers.beta.framework import content_types, encoders, env, modules, transformer, worker

    def model_fn(model_dir):
        return 10

    def input_fn(input_data, content_type):
        if content_type == content_types.CSV:
            return encoders.decode(input_data, content_type)
        raise ValueError(f"{content_type} not supported by script!")

    def predict_fn(input_data, model):
        return input_data * model

    def output_fn(prediction, accept):
        if accept == "application/json":
            return worker.Response(json.dumps({"instances": prediction.tolist()}), mimetype=accept)
        if accept == "text/csv":
            return worker.Response(encoders.encode(prediction, accept), mimetype=accept)
        return worker.Response("no such type", status=406)
"""
WITH_INFERENCE = """
    from sagemaker_inference import content_types, decoder, encoder, errors
    def model_fn(model_dir):
        return 2
    def transform_fn(model, body, content_type, accept):
        return encoder.encode(decoder.decode(body, content_type) * model, content_types.JSON), "application/json"
"""
BOOST = """
    import argparse, json, os
    from sagemaker_containers import entry_point
    from sagemaker_xgboost_container.data_utils import get_dmatrix
    from sagemaker_xgboost_container import distributed
    import sagemaker_xgboost_container.encoder as xgb_encoders
    import xgboost as xgb

    def train(params, dtrain, model_dir, rounds, is_master):
        booster = xgb.train(params, dtrain, rounds, evals=[(dtrain, "train")])
        print("trained on", dtrain.num_row(), "rows; master", is_master)
        if is_master:
            booster.save_model(os.path.join(model_dir, "xgboost-model.json"))

    def model_fn(model_dir):
        booster = xgb.Booster()
        booster.load_model(os.path.join(model_dir, "xgboost-model.json"))
        return booster

    def input_fn(body, content_type):
        return xgb_encoders.csv_to_dmatrix(body)

    if __name__ == "__main__":
        parser = argparse.ArgumentParser()
        parser.add_argument("--max_depth", type=int)
        parser.add_argument("--num_round", type=int)
        arguments = parser.parse_args()
        hosts = json.loads(os.environ["SM_HOSTS"])
        given = dict(
            params={"max_depth": arguments.max_depth, "objective": "reg:squarederror", "eta": 1, "lambda": 0},
            dtrain=get_dmatrix(os.environ["SM_CHANNEL_TRAIN"], "csv"),
            model_dir=os.environ["SM_MODEL_DIR"],
            rounds=arguments.num_round,
        )
        if len(hosts) > 1:
            distributed.rabit_run(
                exec_fun=train, args=given, include_in_training=True, hosts=hosts,
                current_host=os.environ["SM_CURRENT_HOST"], update_rabit_args=True,
            )
        else:
            train(**given, is_master=True)
"""
GIVEN = {"sagemaker_program": "abalone.py", "max_depth": 3, "num_round": 5}


def lay_out(yard: Yard, host: str, rows: str, hosts: list[str]) -> Path:
    ml = yard.ml(host)
    prepare(ml, GIVEN, {"code/abalone.py": BOOST, "input/data/train/part.csv": rows})
    resources = {"current_host": host, "hosts": hosts, "network_interface_name": "eth0"}
    (ml / "input" / "config" / "resourceconfig.json").write_text(json.dumps(resources))
    return ml


def scripted(yard: Yard, image: str, script: str, model: Path | None = None) -> Served:
    ml = model.parent if model else yard.ml("server")
    write_files(ml, {"model/code/inference.py": script})
    what, made = program(image)
    assert what.serve is not None
    server = serve(yard, what.serve, made, name=ml.parent.name, degree=Sandbox().namespaces)
    server.await_ping()
    return server


def test_a_featurizer_on_sagemaker_containers_serves(yard: Yard) -> None:
    server = scripted(yard, SCIKIT_LEARN, FEATURIZER)

    as_json = server.ask("1,2\n3,4\n", "text/csv", accept="application/json")
    as_csv = server.ask("1,2\n3,4\n", "text/csv", accept="text/csv")

    assert json.loads(as_json.body) == {"instances": [[10, 20], [30, 40]]}
    assert as_json.content_type == "application/json"
    assert (as_csv.content_type, as_csv.body) == ("text/csv; charset=utf-8", b"10.0,20.0\n30.0,40.0\n")
    assert server.ask("1", "text/csv", accept="image/png").status == 406


def test_a_script_on_sagemaker_inference_serves(yard: Yard) -> None:
    server = scripted(yard, SCIKIT_LEARN, WITH_INFERENCE)

    assert json.loads(server.ask("[1, 2]", "application/json").body) == [2, 4]
    assert server.ask("1", "text/xml").status == 415


def test_xgboost_reads_channels_and_requests_with_its_images_own_functions(yard: Yard) -> None:
    ml = lay_out(yard, "algo-1", "0,0,0\n1,1,0\n2,0,1\n3,1,1\n", ["algo-1"])
    ended = trained(*start_training(yard, program(XGBOOST)[1], ml, Sandbox().namespaces), ml)
    assert ended.code == 0, ended.log
    assert "trained on 4 rows; master True" in ended.log

    server = scripted(yard, XGBOOST, BOOST, ended.model)

    assert json.loads(server.ask("1,1\n0,1", "text/csv").body) == pytest.approx([3, 2], abs=0.01)


def test_two_instances_train_one_model_together(yard: Yard) -> None:
    hosts = ["algo-1", "algo-2"]
    halves = {"algo-1": "0,0,0\n1,1,0\n", "algo-2": "2,0,1\n3,1,1\n"}
    laid_out = {host: lay_out(yard, host, halves[host], hosts) for host in hosts}
    env = {
        "TRAINING_JOB_ARN": f"arn:aws:sagemaker:eu-west-1:123456789012:training-job/{np.random.default_rng().integers(1 << 30)}"
    }
    degree = Sandbox().namespaces

    started = [start_training(yard, program(XGBOOST)[1], ml, degree, env, hosts=hosts) for ml in laid_out.values()]
    ended: list[Trained] = [trained(*one, ml) for one, ml in zip(started, laid_out.values(), strict=True)]

    assert [one.code for one in ended] == [0, 0], ended[0].log + ended[1].log
    assert "trained on 2 rows; master True" in ended[0].log
    assert "trained on 2 rows; master False" in ended[1].log
    assert [(one.model / "xgboost-model.json").exists() for one in ended] == [True, False]
    server = scripted(yard, XGBOOST, BOOST, ended[0].model)
    assert json.loads(server.ask("1,1\n0,0", "text/csv").body) == pytest.approx([3, 0], abs=0.01)
