"""Cells of CSV files that are written: a text that a spreadsheet would take for a formula is kept a text.

The characters are those of OWASP's page on CSV injection. Spreadsheets do not show the quote in front.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones count, too


def cell(value: object) -> str:
    """Return what to write of a value: a number by its shortest digits, None as nothing, a text unharmful."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return repr(value) if isinstance(value, float) else str(value)
