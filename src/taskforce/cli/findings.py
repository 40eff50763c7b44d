"""What the doctor finds: one look, and whether it is well."""

from typing import Literal

from pydantic import BaseModel

Verdict = Literal["ok", "warning", "broken"]


class Finding(BaseModel):
    """What became of one look."""

    name: str
    status: Verdict
    detail: str = ""
