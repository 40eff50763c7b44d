"""References that are written from the command line and the HTTP API."""

import json
import pkgutil
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from docs_markdown import code, first_line, table
from typer._click import Context

import taskforce
from taskforce.api.errors import STATUS, WORDS
from taskforce.api.server import create_app
from taskforce.cli import errors as exits
from taskforce.cli.app import COMMANDS, loaded
from taskforce.cli.errors import CATEGORIES
from taskforce.core.errors import TaskforceError

GLOBAL_FLAGS = """\
Global flags (`--home`, `--config-file`, `--project`, `--color`) may stand anywhere. Data goes to stdout,
everything else to stderr. [Exit codes](exit-codes.md)."""

DOCUMENT = """\
`taskforce serve` shows the whole document at `/docs`, `/redoc` and `/openapi.json`, and it is kept in
[openapi.json](openapi.json); this page is its table of contents. Errors are [problems](errors.md), on every
route. Requests refuse unknown fields and parameters. What of it may change is
[promised](../explanation/api-compatibility.md)."""

EXIT_WORDS = {
    0: "done",
    exits.FAILED: "the work failed, or something broke here",
    2: "the request or a setting is not right",
    exits.PAUSED: "paused: the mission waits for an answer or a decision",
    4: "there is no such thing",
    5: "conflict: it is over, busy, or answered before",
    6: "unavailable: the store or a service does not answer",
    7: "a limit is reached",
    8: "not allowed",
    exits.INTERRUPTED: "interrupted by Ctrl-C; the mission is cancelled and can be resumed",
    exits.TERMINATED: "ended by SIGTERM; the job is given back and stays due",
}

INTERNAL = 500
"""The status of errors that end a job and answer no request."""

ENDS = {
    "answer_cut": "the model came to the end of what it may say (`max_tokens`); its words so far are kept",
    "content_refused": "the model's provider refuses to answer this",
    "needs_model": "the model met a clause that it does not understand; what came before is done and kept",
    "model_unavailable": "the model did not answer, three times",
    "tool_server_unavailable": "a server of tools that the profile names does not answer, three times",
    "tool_server_unfit": "a server of tools lacks what its profile says, or the extra `mcp` is missing",
    "script_broken": "a script or a cassette does not fit the mission",
    "max_steps_reached": "the limit `steps` is used up",
    "token_budget_spent": "the limit `tokens` is used up",
    "cost_budget_spent": "the limit `cost` is used up",
    "timed_out": "the limit `seconds` is used up",
    "plan_failed": "items of the plan could not be done (`plan_and_execute`); the answer tells which",
    "loop_detected": "the same call or the same failure three times in a row, and again after a warning",
    "cancelled": "somebody cancelled it",
    "dead_letter": "three workers in a row died on it; no step was recorded: `taskforce jobs list --dead`",
    "program_error": "the program raised an error that is none of Taskforce's; a defect",
}
"""Words that end a mission and are no error's code; the errors that end one tell the rest."""


def cli() -> str:
    """Return the page of the commands."""
    parts = [_help(("taskforce", *path), command) for path, command in _commands()]
    return "\n\n".join(
        [
            "# Commands",
            GLOBAL_FLAGS,
            *parts,
        ]
    )


def _commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in COMMANDS:
        command: Any = loaded(name)
        inner = getattr(command, "commands", {})
        for inner_name, inner_command in inner.items():
            yield (name, inner_name), inner_command
        if not inner:
            yield (name,), command


def _help(path: Sequence[str], command: Any) -> str:  # noqa: ANN401 - Typer keeps its types private
    context = Context(
        command,
        info_name=" ".join(path),
        terminal_width=100,
        max_content_width=100,
        help_option_names=["-h", "--help"],
    )
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"## {' '.join(path)}\n\n```text\n{text}\n```"


def http() -> str:
    """Return the page of the routes."""
    document = create_app().openapi()
    parts = [
        "# HTTP API",
        DOCUMENT,
    ]
    for path, operations in document["paths"].items():
        parts += [_route(document, path, method, said) for method, said in operations.items()]
    return "\n\n".join(parts)


def contract() -> str:
    """Return the OpenAPI document, as it is kept."""
    return json.dumps(create_app().openapi(), indent=1, ensure_ascii=False) + "\n"


def _route(document: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> str:
    answers = [status for status in said["responses"] if int(status) < 400 or int(status) == 409]  # noqa: PLR2004
    lines = [
        f"## {method.upper()} {path}",
        f"{said['summary']}. {said.get('description', '')}".strip(),
        f"Operation `{said['operationId']}`; answers {', '.join(answers)}.",
    ]
    fields = [
        (code(given["name"]), given["in"], given.get("description", "").split("\n")[0])
        for given in said.get("parameters", [])
    ]
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = document["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
    fields += [
        (
            code(name),
            "body, required" if name in schema.get("required", []) else "body",
            field.get("description", ""),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    return "\n\n".join([*lines, *([table(("name", "in", "what it is"), fields)] if fields else [])])


def exit_codes() -> str:
    """Return the page of the exit codes."""
    return f"""# Exit codes

{exit_table()}

With `--json`, an error is a problem (RFC 9457) on stderr, in the words of the HTTP API.
"""


def exit_table() -> str:
    """Return the exit codes as a table."""
    return table(("exit code", "meaning"), sorted(EXIT_WORDS.items()))


def errors() -> str:
    """Return the page of the errors."""
    for found in pkgutil.walk_packages(taskforce.__path__, "taskforce."):
        if not re.search(r"__main__|\.migrations|_driver|launcher", found.name):
            import_module(found.name)
    raised = sorted(set(_below(TaskforceError)), key=lambda kind: (_status(kind), kind.code, kind.__name__))
    seen: dict[str, tuple[object, ...]] = {}
    for kind in raised:
        if _status(kind) != INTERNAL:
            category = next(base for base in kind.__mro__ if base in STATUS)
            said = next(base for base in kind.__mro__ if "code" in vars(base))
            seen[kind.code] = (code(kind.code), _status(kind), CATEGORIES[category][0], first_line(said))
    own = {
        kind.code: first_line(kind)
        for kind in raised
        if _status(kind) == INTERNAL and kind is not TaskforceError
    }
    refused = [(code(word), status, sentence) for status, (word, sentence) in WORDS.items()]
    return f"""# Errors

Every error is a problem (RFC 9457, `application/problem+json`): `type`, `title`, `status`, `detail`,
`instance`, and with them `error: {{code, message, details}}`, `errors: [{{pointer, code, detail}}]` for each
wrong place of a request, and `request_id`. The code is what programs go by. No answer repeats the value that
was sent.

## Of a request

{table(("code", "HTTP status", "exit code", "what it means"), seen.values())}

## Of HTTP itself

{table(("code", "HTTP status", "what it says"), refused)}

## Of a mission

A mission that did not come to its answer has status `failed` and one of these in `error.code`. It is never
told as completed. `taskforce sessions resume` goes on with it, and does nothing again that is recorded.

{table(("code", "what happened"), ((code(name), text) for name, text in (ENDS | own).items()))}

What is wrong only where a mission is played, such as a tool, a plugin or a model's key that is not there,
ends it with the code of a request: `unknown_tool`, `plugin_broken`, `model_rejected`, `context_too_small`.
"""


def _below(kind: type[TaskforceError]) -> Iterator[type[TaskforceError]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from _below(heir)


def _status(kind: type[TaskforceError]) -> int:
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), INTERNAL)
