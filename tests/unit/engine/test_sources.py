"""Values that come from ConfigMaps and Secrets."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from making import condition, facts, known, reply, resource

from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.sources import asked, fill, redacted, secrets, value, veiled
from sagemaker_operator.engine.target import Target
from sagemaker_operator.engine.updates import unseen_hash
from sagemaker_operator.kinds import KINDS

LOGIN = {"oidcConfig": {"clientID": "id", "clientSecretFrom": {"secretKeyRef": {"name": "login", "key": "secret"}}}}
SECRET = "correct-horse"


def hidden(secret: str = SECRET, salt: str = "uid") -> dict[str, str]:
    (one,) = asked(KINDS["Workforce"], LOGIN)
    return secrets({one: secret}, salt)


def test_a_value_takes_its_place_beside_what_names_it() -> None:
    (one,) = asked(KINDS["Workforce"], LOGIN)

    filled = fill(LOGIN, {one: value(one, {"secret": SECRET})})

    assert (str(one), one.key) == ("Secret login", "secret")
    assert filled["oidcConfig"]["clientSecret"] == SECRET
    assert "clientSecret" not in LOGIN["oidcConfig"]


def test_a_script_is_put_in_base64_and_a_key_that_is_not_there_is_nothing() -> None:
    spec: dict[str, Any] = {"onStart": [{"contentFrom": {"configMapKeyRef": {"name": "scripts", "key": "start"}}}]}

    (one,) = asked(KINDS["NotebookInstanceLifecycleConfig"], spec)

    assert base64.b64decode(value(one, {"start": "grüß dich"})).decode() == "grüß dich"
    assert value(one, {"stop": ""}) is None


def test_all_keys_of_a_config_map_can_be_hyperparameters() -> None:
    (one,) = asked(KINDS["TrainingJob"], {"hyperParametersFrom": {"configMapRef": {"name": "tuned"}}})

    assert value(one, {"eta": "0.3"}) == {"eta": "0.3"}


def test_a_secret_is_cut_out_of_texts_with_or_without_the_end_of_its_file() -> None:
    quoted = [f"Value '{SECRET}' is wrong", f"Value '{SECRET}\n' is wrong"]

    assert [redacted(text, hidden(f"{SECRET}\n")) for text in quoted] == ["Value '***' is wrong"] * 2


def test_what_stands_for_a_secret_in_a_digest_tells_apart_secrets_and_objects() -> None:
    said = {hidden()[SECRET], hidden(salt="another")[SECRET], hidden("another")["another"]}

    assert len(said) == 3
    assert SECRET not in "".join(said)
    assert veiled({"a": [{"b": SECRET, "c": "d"}]}, hidden()) == {"a": [{"b": hidden()[SECRET], "c": "d"}]}


def test_the_digest_in_a_status_changes_with_a_secret_and_is_not_one_of_it() -> None:
    kind = KINDS["Workforce"]
    one, two = ({"OidcConfig": {"ClientId": "id", "ClientSecret": secret}} for secret in (SECRET, "another"))

    veiled_hash = unseen_hash(kind, one, hidden())

    assert veiled_hash not in (unseen_hash(kind, one), unseen_hash(kind, two, hidden("another")))


@pytest.mark.parametrize(("before", "drifting"), [("a", True), ("b", False), (None, True)])
def test_a_changed_config_map_is_no_drift(before: str | None, drifting: bool) -> None:
    told = {"conditions": [condition("Ready")], **({"inputsHash": before} if before else {})}
    about = resource("Pipeline", status=known("Pipeline", **told))
    shown = Present(reply("Pipeline", "Active", PipelineDefinition="{}"))

    seen: Facts = facts(about=about, observed=shown)
    assert isinstance(seen.target, Target)

    assert replace(seen, target=replace(seen.target, inputs="a")).drifting is drifting
