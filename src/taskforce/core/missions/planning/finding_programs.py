"""Programs that find something in texts by its form, or take lines out of them."""
# ruff: noqa: E501 - a line of a program stands on one line

from collections.abc import Callable, Mapping

from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.file_programs import add_listing, files_of
from taskforce.core.missions.planning.given import Given

Writer = Callable[[Draft, Given], None]

_FORMS = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "url": r"https?://[^\s<>\"'()\[\]{}]*[^\s<>\"'()\[\]{}.,;:!?]",
    "ip": r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])",
}


def _extract(draft: Draft, given: Given) -> None:
    found = files_of(draft, given.one("scope"))
    if given.one("scope").has("folder"):
        found = f"filter(is_text, {found})"
    draft.add(
        f"form = {draft.value('form', _FORMS[given.text('form')])}",
        f"found = [one for path in {found} for one in re.findall(form, text_of(path))]",
        "unique = list(dict.fromkeys(found))",
    )
    head = 'f"{len(found)} found, {len(unique)} different"'
    if given.flag("counted"):
        draft.add(f"tell(len({'unique' if given.flag('unique') else 'found'}), {head})")
    else:
        add_listing(draft, given, "unique", head, result="len(unique)")


def _definitions(draft: Draft, given: Given) -> None:
    path, kind = draft.value("path", given.text("path")), draft.value("kind", given.text("kind"))
    draft.add(f"found = definitions({path}, {kind})")
    head = f'f"{{len(found)}} {given.text("kind")}"'
    if given.flag("counted"):
        draft.add(f"tell(len(found), {head})")
    else:
        add_listing(draft, given, "found", head)


def _drop_lines(draft: Draft, given: Given) -> None:
    draft.add(
        f"path, text = {draft.value('path', given.text('path'))}, {draft.value('text', given.text('text'))}",
        "lines = text_of(named(path)).splitlines(keepends=True)",
        "left = [line for line in lines if text not in line]",
        "loose = [line for line in lines if text.lower() not in line.lower()]",
    )
    if given.flag("loose"):
        draft.add(
            "if len(left) != len(loose):",
            '    stop(f"{len(lines) - len(left)} lines have {text!r}, {len(lines) - len(loose)} when case is ignored: say which are meant. Nothing was changed.")',
        )
    draft.add(
        "if len(left) == len(lines):",
        '    stop(f"No line has {text!r}; nothing was changed.")',
        'inside(path).write_bytes("".join(left).encode())',
        'finish(len(lines) - len(left), f"{len(lines) - len(left)} lines removed from {path}, {len(left)} are left")',
    )


FINDING_PROGRAMS: Mapping[str, Writer] = {
    "extract": _extract,
    "definitions": _definitions,
    "drop_lines": _drop_lines,
}
