"""InvokeEndpoint, as boto3 sees it: what reaches the model, what comes back, and what goes wrong."""

import http.client
import threading
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from tests.runner.runtime_asking import Hosted, doubled, refused
from tests.runner.runtime_stage import Answer, Asked, endpoint, model_server, wait_until

from sagemaker_local.runner.runtime import invoking
from sagemaker_local.runner.runtime.ports import Broken, NotReady, Simulated, UnknownTarget, WrongTarget


def test_a_request_reaches_the_model_and_its_answer_the_caller(serving: Hosted, seen: list[Asked]) -> None:
    _, servers, client = serving
    answer = client.invoke_endpoint(
        EndpointName="DIGITS",
        ContentType="text/csv",
        Accept="text/csv",
        CustomAttributes="trace=1",
        InferenceId="one",
        Body=b"1,2\n",
    )
    assert answer["Body"].read() == b"1,2\n1,2\n"
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/csv; charset=utf-8", "AllTraffic")
    assert answer["CustomAttributes"] == "trace=1!"
    (asked,) = seen
    assert (asked.path, asked.body) == ("/invocations", b"1,2\n")
    told = {name: asked.headers[name] for name in ("Content-Type", "Accept", "X-Amzn-SageMaker-Inference-Id")}
    assert told == {"Content-Type": "text/csv", "Accept": "text/csv", "X-Amzn-SageMaker-Inference-Id": "one"}
    assert "Authorization" not in asked.headers
    assert servers.in_flight == 0


def test_an_endpoint_that_is_not_there_is_not_found(serving: Hosted) -> None:
    code, text, status = refused(serving[2], EndpointName="letters")
    assert (code, status) == ("ValidationError", 400)
    assert text == "Endpoint letters of account 123456789012 not found."


def test_an_endpoint_of_another_account_is_not_found(serving: Hosted) -> None:
    other = serving[0].client("sagemaker-runtime", account="999999999999")
    assert refused(other)[1] == "Endpoint digits of account 999999999999 not found."
    other.close()


def test_an_error_of_the_model_is_told_with_its_status_text_and_log(serving: Hosted) -> None:
    emulator, servers, client = serving
    with model_server(lambda _: (500, {"Content-Type": "text/plain"}, b"no such column")) as url:
        servers.variants["AllTraffic"] = [url]
        with pytest.raises(ClientError) as caught:
            client.invoke_endpoint(EndpointName="digits", Body=b"1")
    answer: Any = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert answer["Error"] == {
        "Code": "ModelError",
        "Message": 'Received server error (500) from primary with message "no such column". See '
        "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group=/aws/sagemaker/Endpoints/"
        "digits in account 123456789012 for more information.",
    }
    assert answer["OriginalStatusCode"] == 500
    assert answer["OriginalMessage"] == "no such column"
    assert answer["LogStreamArn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/digits"
    assert (emulator.journal.count("InvokeEndpoint", outcome="ModelError"), servers.in_flight) == (1, 0)


def test_a_4xx_of_the_model_is_a_client_error(serving: Hosted) -> None:
    _, servers, client = serving
    with model_server(lambda _: (415, {}, b"not csv")) as url:
        servers.variants["AllTraffic"] = [url]
        assert refused(client)[1].startswith('Received client error (415) from primary with message "not csv".')


def test_a_model_that_takes_too_long_is_given_up(serving: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoking.Invoking.predict, "__kwdefaults__", {"seconds": 0.2, "largest": invoking.LARGEST})
    _, servers, client = serving
    over = threading.Event()

    def slow(_: Asked) -> Answer:
        over.wait(10)
        return 200, {}, b""

    with model_server(slow) as url:
        servers.variants["AllTraffic"] = [url]
        code, text, _status = refused(client)
        over.set()
    assert code == "ModelError"
    assert 'Received server error (0) from primary with message "Your invocation timed out while waiting' in text
    assert servers.in_flight == 0


def test_a_model_that_hangs_up_is_blamed_and_not_asked_again(serving: Hosted) -> None:
    _, servers, client = serving
    asked: list[Asked] = []

    def hangs_up(one: Asked) -> Answer:
        asked.append(one)
        return 0, {}, b""

    with model_server(hangs_up) as url:
        servers.variants["AllTraffic"] = [url]
        assert "closed the connection before it answered" in refused(client)[1]
    assert len(asked) == 1


def test_a_request_on_a_kept_connection_that_was_closed_is_sent_again(serving: Hosted) -> None:
    _, servers, client = serving
    asked: list[Asked] = []

    def second_hangs_up(one: Asked) -> Answer:
        asked.append(one)
        return (0, {}, b"") if len(asked) == 2 else doubled(one)

    with model_server(second_hangs_up) as url:
        servers.variants["AllTraffic"] = [url]
        answers = [client.invoke_endpoint(EndpointName="digits", Body=b"7")["Body"].read() for _ in range(2)]
    assert answers == [b"77", b"77"]
    assert len(asked) == 3


def test_a_pipeline_passes_each_answer_to_the_next_container(serving: Hosted) -> None:
    _, servers, client = serving
    types: list[str] = []

    def last(asked: Asked) -> Answer:
        types.append(asked.headers["Content-Type"])
        return 200, {"Content-Type": "application/json"}, b"[" + asked.body + b"]"

    with model_server(doubled) as first, model_server(last) as second:
        servers.containers = ("features", "forest")
        servers.variants["AllTraffic"] = [first, second]
        answer = client.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=b"1,")
        assert (answer["Body"].read(), answer["ContentType"]) == (b"[1,1,]", "application/json")
        with model_server(lambda _: (400, {}, b"bad")) as bad:
            servers.variants["AllTraffic"] = [first, bad]
            assert "from forest with message" in refused(client)[1]
    assert types == ["text/csv; charset=utf-8"]


def test_what_is_asked_for_by_name_is_passed_to_whoever_serves(serving: Hosted) -> None:
    _, servers, client = serving
    names = {
        "TargetVariant": "AllTraffic",
        "TargetModel": "a.tar.gz",
        "TargetContainerHostname": "c",
        "SessionId": "s1",
    }
    client.invoke_endpoint(EndpointName="digits", Body=b"1", **names)
    assert servers.asked[-1] == {
        "endpoint": "digits",
        "variant": "AllTraffic",
        "model": "a.tar.gz",
        "component": None,
        "container": "c",
        "session": "s1",
    }


def test_a_session_that_the_model_begins_is_told_to_the_caller(serving: Hosted) -> None:
    _, servers, client = serving

    def begins(asked: Asked) -> Answer:
        asks = asked.headers["X-Amzn-SageMaker-Session-Id"]
        new = {"X-Amzn-SageMaker-New-Session-Id": "s1; Expires=2026-01-01T00:00:00Z"} if asks == "NEW_SESSION" else {}
        return 200, new, asks.encode()

    with model_server(begins) as url:
        servers.variants["AllTraffic"] = [url]
        answer = client.invoke_endpoint(EndpointName="digits", Body=b"1", SessionId="NEW_SESSION")
        assert answer["NewSessionId"] == "s1; Expires=2026-01-01T00:00:00Z"
        assert "NewSessionId" not in client.invoke_endpoint(EndpointName="digits", Body=b"1", SessionId="s1")
    assert [asked["session"] for asked in servers.asked] == [None, "s1"]


def test_a_request_that_is_not_signed_is_refused_by_sagemaker(serving: Hosted, seen: list[Asked]) -> None:
    connection = http.client.HTTPConnection(urlsplit(serving[0].url).netloc, timeout=10)
    connection.request("POST", "/endpoints/digits/invocations", b"1")
    answer = connection.getresponse()
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert answer.read() == b'{"message": "Request is missing Authentication Token"}'
    connection.close()
    assert seen == []


def test_a_caller_that_waits_to_be_told_to_go_on_is_told(serving: Hosted) -> None:
    connection = http.client.HTTPConnection(urlsplit(serving[0].url).netloc, timeout=10)
    scope = "Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    connection.putrequest("POST", "/endpoints/digits/invocations")
    for name, value in {**signed, "Expect": "100-continue", "Content-Length": "3"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.sock.recv(64).startswith(b"HTTP/1.1 100 Continue")
    connection.send(b"abc")
    assert connection.getresponse().read() == b"abcabc"
    connection.close()


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (UnknownTarget("container", "There is no c."), ("ValidationError", "There is no c.", 400)),
        (WrongTarget("It is not multi-model."), ("ValidationError", "It is not multi-model.", 400)),
        (Simulated("Nothing runs for it."), ("NotEmulated", "Nothing runs for it.", 400)),
        (NotReady("The model is being loaded."), ("ModelNotReadyException", "The model is being loaded.", 429)),
    ],
)
def test_who_cannot_be_reached_is_told_by_the_code_of_the_service_model(
    serving: Hosted, why: Any, told: tuple[str, str, int]
) -> None:
    serving[1].refuses = why
    assert refused(serving[2]) == told


def test_a_model_that_cannot_be_loaded_is_the_models_error(serving: Hosted) -> None:
    serving[1].refuses = Broken("out of memory", status=507)
    assert 'Received server error (507) from primary with message "out of memory"' in refused(serving[2])[1]


def test_an_endpoint_without_an_instance_is_unavailable(serving: Hosted) -> None:
    serving[1].variants["AllTraffic"] = []
    assert refused(serving[2])[0] == "ServiceUnavailable"


def test_members_that_break_the_service_model_and_unknown_variants_are_refused(serving: Hosted) -> None:
    code, text, _ = refused(serving[2], TargetVariant="-no")
    assert code == "ValidationError"
    assert text.startswith("1 validation error detected: Value '-no' at 'targetVariant' failed to satisfy constraint")
    assert refused(serving[2], TargetVariant="Blue")[1].startswith("Variant Blue not found")
    assert serving[1].asked == []


def test_too_large_a_request_is_refused_in_the_words_of_the_load_balancer(serving: Hosted) -> None:
    code, text, status = refused(serving[2], Body=b"x" * (invoking.LARGEST + 1))
    assert (code, text, status) == ("413", "HTTP content length exceeded 6291456 bytes.", 413)


def test_the_largest_request_is_answered_and_too_large_an_answer_is_not(serving: Hosted) -> None:
    _, servers, client = serving
    assert "could not load the entire response body" in refused(client, Body=b"x" * (invoking.LARGEST // 2 + 1))[1]
    with model_server(lambda asked: (200, {}, str(len(asked.body)).encode())) as url:
        servers.variants["AllTraffic"] = [url]
        answer = client.invoke_endpoint(EndpointName="digits", Body=b"x" * invoking.LARGEST)
        assert answer["Body"].read() == b"6291456"


def test_variants_are_asked_by_their_weights(serving: Hosted) -> None:
    emulator, servers, client = serving
    endpoint(emulator, "split", variants=[{"VariantName": "a"}, {"VariantName": "b"}])
    servers.variants.update({"a": servers.variants["AllTraffic"], "b": servers.variants["AllTraffic"]})
    servers.weights.update({"AllTraffic": 0, "a": 3, "b": 1})
    answers = [client.invoke_endpoint(EndpointName="split", Body=b"1") for _ in range(40)]
    counts = Counter(answer["InvokedProductionVariant"] for answer in answers)
    assert 24 <= counts["a"] <= 36
    assert counts["a"] + counts["b"] == 40


def test_a_shadow_variant_gets_a_copy_and_its_answer_is_not_heard(serving: Hosted, seen: list[Asked]) -> None:
    emulator, servers, client = serving
    copies: list[Asked] = []

    def shadow(asked: Asked) -> Answer:
        copies.append(asked)
        return 500, {}, b"broken"

    with model_server(shadow) as url:
        servers.variants["Shadow"] = [url]
        servers.weights["Shadow"] = 0
        one = {"VariantName": "Shadow", "ModelName": "digits", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        endpoint(emulator, "watched", config={"ShadowProductionVariants": [one]})
        answer = client.invoke_endpoint(EndpointName="watched", Body=b"9")
        assert answer["Body"].read() == b"99"
        wait_until(lambda: copies)
    assert (copies[0].body, len(seen)) == (b"9", 1)


def test_more_requests_than_a_serverless_endpoint_takes_are_throttled(serving: Hosted) -> None:
    emulator, servers, client = serving
    config = {
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1},
        "VariantName": "AllTraffic",
        "ModelName": "digits",
    }
    sagemaker = emulator.client()
    sagemaker.create_endpoint_config(EndpointConfigName="less", ProductionVariants=[config])
    sagemaker.create_endpoint(EndpointName="less", EndpointConfigName="less")
    wait_until(lambda: sagemaker.describe_endpoint(EndpointName="less")["EndpointStatus"] == "InService")
    sagemaker.close()
    arrived, over = threading.Event(), threading.Event()

    def slow(asked: Asked) -> Answer:
        arrived.set()
        over.wait(10)
        return doubled(asked)

    with model_server(slow) as url:
        servers.variants["AllTraffic"] = [url]
        first = threading.Thread(target=lambda: client.invoke_endpoint(EndpointName="less", Body=b"1"))
        first.start()
        arrived.wait(10)
        with pytest.raises(ClientError) as caught:
            client.invoke_endpoint(EndpointName="less", Body=b"1")
        over.set()
        first.join()
        assert caught.value.response["Error"]["Code"] == "ThrottlingException"
        assert client.invoke_endpoint(EndpointName="less", Body=b"1")["Body"].read() == b"11"
