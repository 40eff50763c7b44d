"""Bodies of files: a plant's data as JSON, as a form of CSV files, or as one zip."""

import re
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from taskforce.api.strict import StrictRoute, check_body
from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.import_schemas import MOST_FILES, ProjectImportPayload
from taskforce.core.errors import FieldError, Invalid

FORM = re.compile("multipart/form-data\\s*;.*", re.IGNORECASE | re.DOTALL)
ZIP = re.compile("application/(zip|x-zip-compressed)", re.IGNORECASE)
ARCHIVE = "upload.zip"
"""What a zip is called that comes without a name."""
LARGEST = 10_485_760
"""Bytes of a part: those of the largest body, as it is shipped."""
_FILE = {"type": "string", "contentMediaType": "application/octet-stream", "maxLength": LARGEST}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ProjectImportPayload"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "description": "CSV files, or one zip of them; a part without a file name bears its own.",
                    "propertyNames": {"minLength": 1, "maxLength": 255},
                    "additionalProperties": _FILE,
                    "maxProperties": MOST_FILES,
                }
            },
            "application/zip": {"schema": _FILE},
        },
    }
}


FILE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _FILE}}}
}


class BytesRoute(StrictRoute):
    """A strict route that takes a file as it is, of whatever type."""

    async def check_body(self, request: Request) -> None:
        """Let everything pass but what is packed. Raises HTTPException, 415."""
        if "content-encoding" in request.headers:
            raise HTTPException(415)


class UploadRoute(StrictRoute):
    """A strict route that takes files beside JSON."""

    async def check_body(self, request: Request) -> None:
        """Let JSON, a form and a zip pass. Raises HTTPException, 415."""
        kind = request.headers.get("content-type", "")
        if not FORM.fullmatch(kind) and not ZIP.fullmatch(kind):
            await check_body(request, takes_body=True)
        elif "content-encoding" in request.headers:
            raise HTTPException(415)


async def payload(request: Request) -> ProjectImportPayload:
    """Give a plant's data, whatever it came in. Raises Invalid."""
    kind = request.headers.get("content-type", "")
    if ZIP.fullmatch(kind):
        return checked(ProjectImportPayload, files={ARCHIVE: await request.body()})
    if FORM.fullmatch(kind):
        return checked(ProjectImportPayload, files=await _files(request))
    given = await request.json()
    if not isinstance(given, dict):
        raise _wrong("", "must be an object")
    return checked(ProjectImportPayload, **given)


async def _files(request: Request) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES, max_part_size=LARGEST) as form:
        for name, part in form.multi_items():
            file, content = await _file(name, part)
            if file in found:
                raise _wrong(name, "is a second file of the same name")
            found[file] = content
    return found


async def _file(name: str, part: UploadFile | str) -> tuple[str, bytes]:
    """Return what a part is called and holds; one without a file name bears its own."""
    if isinstance(part, str):
        return name, part.encode()
    return part.filename or name, await part.read()


def _wrong(name: str, detail: str) -> Invalid:
    pointer = f"/{name}" if name else ""
    error = FieldError(pointer=pointer, code="not_a_file" if name else "model_type", detail=detail)
    return Invalid(f"The body is not right. {': '.join(filter(None, (pointer, detail)))}", errors=[error])


Payload = Annotated[ProjectImportPayload, Depends(payload)]
