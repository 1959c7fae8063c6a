"""The pages that workers see, and the review workflows that use them."""

import hashlib
import subprocess
import sys
from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, refused
from tests.emulator.labeling_requests import PRIVATE_TEAM, PUBLIC_TEAM, workteam
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

PAGE = '<img src="{{ task.input.image | grant_read_access }}">'


def flow(name: str = "review", *, team: str = PUBLIC_TEAM, page: str = "look") -> dict[str, Any]:
    return {
        "FlowDefinitionName": name,
        "HumanLoopConfig": {
            "WorkteamArn": team,
            "HumanTaskUiArn": arn(f"human-task-ui/{page}"),
            "TaskTitle": "Look",
            "TaskDescription": "Look at it",
            "TaskCount": 1,
        },
        "OutputConfig": {"S3OutputPath": "s3://bucket/reviews"},
        "RoleArn": ROLE,
    }


def preview(client: Any, template: str, task: str = "{}") -> dict[str, Any]:
    answer: dict[str, Any] = client.render_ui_template(
        UiTemplate={"Content": template}, Task={"Input": task}, RoleArn=ROLE
    )
    return answer


@pytest.mark.parametrize(
    ("template", "task", "page"),
    [
        ("Hello {{ task.input.name }}!", '{"name": "Ann"}', "Hello Ann!"),
        ("{{ task.input.name }}", '{"name": "<b>"}', "&lt;b&gt;"),
        ("{{ task.input.name | skip_autoescape }}", '{"name": "<b>"}', "<b>"),
        ("{{ task.input | to_json }}", '{"a": [1, 2]}', '{"a": [1, 2]}'),
        ("{% for x in task.input.all %}{{ forloop.index }}{{ x }} {% endfor %}", '{"all": ["a", "b"]}', "1a 2b "),
        ("{% for x in task.input.all %}{{ x }}{% else %}none{% endfor %}", "{}", "none"),
        ("{% if task.input.n > 2 %}many{% elsif task.input.n == 2 %}two{% else %}few{% endif %}", '{"n": 2}', "two"),
        ("{% unless task.input.done %}open{% endunless %}", "{}", "open"),
        ("{% assign x = task.input.a | upcase %}{{ x }}", '{"a": "b"}', "B"),
        ("{% comment %}{{ task.input }}{% endcomment %}{% raw %}{{ x }}{% endraw %}", "{}", "{{ x }}"),
        ("{{ task.input.rows[1].name | default: 'nobody' }}", '{"rows": [{}, {"name": "Bo"}]}', "Bo"),
        ("{% raw %}{{{% endraw %}{% case task.input.n %}{% when 1 %}one{% endcase %}", '{"n": 1}', "{{one"),
        (
            "{% tablerow x in task.input %}{{ x }}{% endtablerow %}",
            "[1]",
            '<tr class="row1">\n<td class="col1">1</td></tr>\n',
        ),
        ("{{ \"'James & the Peach'\" }}", "{}", "&#39;James &amp; the Peach&#39;"),
        ("{{ \"'James & the Peach'\" | escape }}", "{}", "&#39;James &amp; the Peach&#39;"),
        ("{{ \"'James &amp; the Peach'\" | escape_once }}", "{}", "&#39;James &amp; the Peach&#39;"),
        ("{{ \"'James & the Peach'\" | skip_autoescape }}", "{}", "'James & the Peach'"),
        ("{{ task.input.missing | to_json }}", "{}", "null"),
        ("{{ task.input.missing.deeper | default: 'a | b' }}", "{}", "a | b"),
    ],
)
def test_a_template_is_rendered_as_workers_would_see_it(client: Any, template: str, task: str, page: str) -> None:
    answer = preview(client, template, task)

    assert (answer["RenderedContent"], answer["Errors"]) == (page, [])


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for x in task.input %}{{ x }}", "expected tag endfor, found end of expression"),
        ("{{ task.input.x | shout }}", "unknown filter 'shout' (line 1)"),
        ("{% frobnicate %}", "unexpected tag 'frobnicate'"),
        ("{% include '/etc/passwd' %}", "unexpected tag 'include'"),
        ("{% render 'page' %}", "unexpected tag 'render'"),
        ("{{ 'gA==' | base64_decode }}", "cannot be applied"),
        ("{{ 1 | divided_by: 0 }}", "divided_by"),
        ("{% endif %}", "unexpected tag 'endif'"),
        ("{{ task.input.x", "was not properly terminated"),
        ("{{" * 50_000, "was not properly terminated"),
        ("{% raw %}" * 14_000, "was not properly terminated"),
        ("{% for task.input %}{% endfor %}", "expected an identifier"),
        ("line one\n{{ task..x }}", "found '..' (line 2)"),
        ("{% if a %}" * 200 + "{% endif %}" * 200, "block nesting limit reached"),
    ],
)
def test_a_bad_template_is_told_in_errors(client: Any, template: str, said: str) -> None:
    answer = preview(client, template)

    assert answer["RenderedContent"] == ""
    assert said in answer["Errors"][0]["Message"]


def test_a_template_that_would_go_on_and_on_is_cut_off(client: Any) -> None:
    loops = "".join(f"{{% for v{n} in task.input %}}" for n in range(5)) + "x" + "{% endfor %}" * 5

    answer = preview(client, loops, str(list(range(50))))

    assert "limit reached" in answer["Errors"][0]["Message"]


@pytest.mark.parametrize(
    "template",
    [
        "{% if " + " " * 100_000 + " %}{% endif %}",
        "{% for x in task.input %}{% assign y = y | append: 'aaaaaaaaaaaaaaaaaaaaaaaaa' %}{{ y }}{% endfor %}" * 200,
        "{{ (1..1000000000) | join: ',' }}",
        "{% for x in (1..1000000000) reversed %}{% endfor %}",
        "{% for x in (1..9999) %}{% if x %}{% endif %}{% endfor %}" * 400,
        "{% assign y = 'a,b' | split: ',' %}{% for x in (1..40) %}{% assign y = y | concat: y %}{% endfor %}",
        "{% assign y = 9 %}{% for x in (1..40) %}{% assign y = y | times: y %}{% endfor %}",
        "{% assign y = 'aaaaaaaaaa' %}{% for x in (1..40) %}{% assign y = y | append: y %}{% endfor %}",
        "{{ a" + "[a" * 900 + "]" * 900 + " }}",
    ],
    ids=["spaces", "growing", "range", "reversed", "loops", "doubled", "powers", "long", "deep"],
)
def test_a_template_made_to_exhaust_the_emulator_is_refused(client: Any, template: str) -> None:
    answer = preview(client, template, str(list(range(400))))

    assert "limit reached" in answer["Errors"][0]["Message"]


def test_a_picture_that_is_not_in_s3_is_told_in_the_words_of_sagemaker(client: Any) -> None:
    answer = preview(client, PAGE, '{"image": " "}')

    assert answer["Errors"] == [
        {"Code": "InvalidParameters", "Message": '"grant_read_access" input is not a valid S3 URI: " ".'}
    ]


def test_the_emulator_starts_without_the_template_library() -> None:
    seen = "import sys, sagemaker_local.emulator.server; print('liquid' in sys.modules)"

    assert subprocess.check_output([sys.executable, "-c", seen], text=True, timeout=60).strip() == "False"


@pytest.mark.parametrize("task", ["{oops", "[" * 60_000 + "]" * 60_000], ids=["cut", "deep"])
def test_an_input_that_is_not_json_is_told_in_errors(client: Any, task: str) -> None:
    assert preview(client, "x", task)["Errors"][0]["Code"] == "InvalidTaskInput"


def test_a_kept_template_is_known_by_its_hash_and_can_be_rendered(sagemaker: Emulator, client: Any) -> None:
    page = client.create_human_task_ui(HumanTaskUiName="look", UiTemplate={"Content": PAGE})["HumanTaskUiArn"]
    found = checked(sagemaker, "DescribeHumanTaskUi", {"HumanTaskUiName": "look"})

    shown = client.render_ui_template(HumanTaskUiArn=page, Task={"Input": '{"image": "s3://b/1.jpg"}'}, RoleArn=ROLE)

    assert found["UiTemplate"]["ContentSha256"] == hashlib.sha256(PAGE.encode()).hexdigest()
    assert "Content" not in found["UiTemplate"]
    assert shown["RenderedContent"].startswith('<img src="https://s3.amazonaws.com/b/1.jpg?')


def test_a_template_is_given_in_one_way(client: Any) -> None:
    assert refused(client.render_ui_template, Task={"Input": "{}"}, RoleArn=ROLE)[0] == "ValidationException"


def test_a_deleted_template_is_no_longer_there(client: Any) -> None:
    client.create_human_task_ui(HumanTaskUiName="look", UiTemplate={"Content": PAGE})

    client.delete_human_task_ui(HumanTaskUiName="look")

    assert refused(client.describe_human_task_ui, HumanTaskUiName="look")[0] == "ResourceNotFound"
    assert client.list_human_task_uis()["HumanTaskUiSummaries"] == []


def test_a_workflow_needs_its_page_and_its_private_team(client: Any) -> None:
    no_team = refused(client.create_flow_definition, **flow(team=PRIVATE_TEAM))
    client.create_workteam(**workteam())
    no_page = refused(client.create_flow_definition, **flow(team=PRIVATE_TEAM))

    assert no_team == (
        "ValidationException",
        f"The specified Workteam '{PRIVATE_TEAM}' does not exist or you do not have access to it.",
    )
    assert (no_page[0], "human-task-ui/look" in no_page[1]) == ("ValidationException", True)


def test_a_workflow_becomes_active_and_goes(sagemaker: Emulator, client: Any) -> None:
    client.create_human_task_ui(HumanTaskUiName="look", UiTemplate={"Content": PAGE})
    client.create_flow_definition(**flow())
    early = refused(client.delete_flow_definition, FlowDefinitionName="review")
    sagemaker.clock.advance(30)
    active = checked(sagemaker, "DescribeFlowDefinition", {"FlowDefinitionName": "review"})["FlowDefinitionStatus"]

    client.delete_flow_definition(FlowDefinitionName="review")
    deleting = client.list_flow_definitions()["FlowDefinitionSummaries"][0]["FlowDefinitionStatus"]
    sagemaker.clock.advance(30)

    assert (early[0], active, deleting) == ("ResourceInUse", "Active", "Deleting")
    assert refused(client.describe_flow_definition, FlowDefinitionName="review")[0] == "ResourceNotFound"


def test_a_workflow_that_fails_says_why(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("FlowDefinition", "review", reason="The bucket cannot be written")
    client.create_human_task_ui(HumanTaskUiName="look", UiTemplate={"Content": PAGE})
    client.create_flow_definition(**flow())

    sagemaker.clock.advance(30)

    found = client.describe_flow_definition(FlowDefinitionName="review")
    assert (found["FlowDefinitionStatus"], found["FailureReason"]) == ("Failed", "The bucket cannot be written")
