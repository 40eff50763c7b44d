"""Payloads that are not right, each with its exact answer: every problem at once, with its place."""

import io
import stat
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.tables import SHAPES
from taskforce.infrastructure.scenarios import archives
from tests.plant_builders import SMALL, WHOLE, encoded, read, told

Problems = list[tuple[str, int, str, str]]
GOOD = encoded(WHOLE) | {"yields.csv": b"step_id,yield_rate,rework_probability\na2,0.9,0.5\n"}
NAMES = ", ".join(shape.name for shape in SHAPES)


def zipped(files: Mapping[str, bytes], *, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def in_demand(*rows: str) -> bytes:
    return "\n".join(["product_id,due_date,quantity,release_date,priority", *rows]).encode()


def in_products(*rows: str) -> bytes:
    return "\n".join(["product_id,family_id,process_time_mean", *rows]).encode()


# what is sent beside good tables (None: left out) | the answer
WRONG: dict[str, tuple[dict[str, bytes | None], Problems]] = {
    "a missing table": (
        {"machines.csv": None},
        [("machines.csv", 0, "", "the table is missing")],
    ),
    "an empty file": ({"demand.csv": b""}, [("demand.csv", 1, "", "the file is empty")]),
    "an empty header": (
        {"demand.csv": b",,\na,1,1\n"},
        [
            (
                "demand.csv",
                1,
                "",
                "the header is empty; the columns are product_id,due_date,quantity,release_date,priority",
            )
        ],
    ),
    "a header that is not the first row": (
        {"demand.csv": b"\n\nproduct_id,due_date,quantity\n"},
        [("demand.csv", 1, "", "the header must be row 1, and row 3 is the first that is not empty")],
    ),
    "a header without rows": (
        {"plant.csv": b"plant_id,name,timezone\n"},
        [("plant.csv", 0, "", "has no rows, and needs one at least")],
    ),
    "a missing column": (
        {"demand.csv": b"product_id,quantity\na,1\n"},
        [("demand.csv", 1, "due_date", "the column is missing")],
    ),
    "a column twice": (
        {"demand.csv": b"product_id,due_date,quantity,quantity\na,1,1,1\n"},
        [("demand.csv", 1, "quantity", "the column is there twice")],
    ),
    "latin-1": (
        {"plant.csv": "plant_id,name,timezone\np,Köln,UTC\n".encode("latin-1")},
        [("plant.csv", 2, "", "is not in UTF-8 (byte 0xF6); save it as CSV in UTF-8")],
    ),
    "utf-16": (
        {"plant.csv": SMALL["plant.csv"].encode("utf-16")},
        [("plant.csv", 1, "", "is in UTF-16; save it as CSV in UTF-8")],
    ),
    "a NUL byte": (
        {"plant.csv": b"plant_id,name,timezone\np,\x00,UTC\n"},
        [("plant.csv", 2, "", "holds a NUL byte, which no text has; save it as CSV in UTF-8")],
    ),
    "decimal commas behind semicolons": (
        {"products.csv": b"product_id;family_id;process_time_mean\na;red;1,5\nb;blue;2\n"},
        [("products.csv", 2, "process_time_mean", "must be a number such as 1.5, with a point, not a comma")],
    ),
    "a quote that never ends": (
        {"demand.csv": in_demand("a,2026-03-30,1,,", '"a,2026-03-30,1,,')},
        [("demand.csv", 3, "", "begins a quote that never ends")],
    ),
    "a quote within a cell": (
        {"demand.csv": in_demand('"a"b,36,1,,')},
        [
            (
                "demand.csv",
                2,
                "",
                "has a quote within a cell; quote the whole cell, and double each quote in it",
            )
        ],
    ),
    "a huge cell": (
        {"demand.csv": in_demand("a" * 100_001 + ",36,1,,")},
        [("demand.csv", 2, "", "has a cell of more than 100,000 letters")],
    ),
    "a long text": (
        {"products.csv": in_products("a,red,1", "b,blue,2", "c" * 201 + ",red,1")},
        [("products.csv", 4, "product_id", "must have at most 200 letters, and has 201")],
    ),
    "a cell too many, and one too few": (
        {"demand.csv": in_demand("a,2026-03-30,1,,,9", "a,36", "a,2026-03-30,1,,,")},
        [
            ("demand.csv", 2, "", "has 6 cells, and the header has 5"),
            ("demand.csv", 3, "", "has 2 cells, and the header has 5"),
        ],
    ),
    "1e999": (
        {"products.csv": in_products("a,red,1e999", "b,blue,2")},
        [("products.csv", 2, "process_time_mean", "must be a finite number that is not too large")],
    ),
    "NaN and infinity": (
        {"products.csv": in_products("a,red,nan", "b,blue,Infinity")},
        [
            ("products.csv", 2, "process_time_mean", "must be a number such as 1.5"),
            ("products.csv", 3, "process_time_mean", "must be a number such as 1.5"),
        ],
    ),
    "a negative time, and none": (
        {"products.csv": in_products("a,red,-1", "b,blue,0")},
        [
            ("products.csv", 2, "process_time_mean", "must be more than 0"),
            ("products.csv", 3, "process_time_mean", "must be more than 0"),
        ],
    ),
    "a negative setup": (
        {"setup_matrix.csv": b"from_family_id,to_family_id,setup_time\nred,blue,-0.5\n"},
        [("setup_matrix.csv", 2, "setup_time", "must be at least 0")],
    ),
    "a yield of more than one": (
        {"yields.csv": b"step_id,yield_rate\na2,1.2\n"},
        [("yields.csv", 2, "yield_rate", "must be at most 1")],
    ),
    "half a piece, and none": (
        {"demand.csv": in_demand("a,2026-03-30,0.5,,", "a,2026-03-30,0,,")},
        [
            ("demand.csv", 2, "quantity", "must be a whole number"),
            ("demand.csv", 3, "quantity", "must be a whole number from 1 to 1,000,000,000"),
        ],
    ),
    "an empty cell": (
        {"demand.csv": in_demand(" ,2026-03-30,1,,")},
        [("demand.csv", 2, "product_id", "must not be empty")],
    ),
    "a date of no calendar": (
        {"demand.csv": in_demand("a,2026-02-30,1,,")},
        [
            (
                "demand.csv",
                2,
                "due_date",
                "must be hours such as 36.5, or a date of ISO 8601 such as 2026-01-05T06:00",
            )
        ],
    ),
    "hours among dates": (
        {"demand.csv": in_demand("a,2026-03-30,1,,", "a,40,1,,")},
        [("demand.csv", 3, "due_date", "must be a date, as in row 2 of demand.csv")],
    ),
    "a time zone of nowhere": (
        {"plant.csv": b"plant_id,name,timezone\np,Plant,Mars/Base\n"},
        [("plant.csv", 2, "timezone", "must be a time zone such as Europe/Berlin or UTC")],
    ),
    "windows in other words": (
        {"calendars.csv": b"calendar_id,timezone,windows\nearly,UTC,weekdays 6-14\n"},
        [
            (
                "calendars.csv",
                2,
                "windows",
                "must be windows such as Mon 06:00-14:00; Tue-Fri 22:00-06:00",
            )
        ],
    ),
    "two plants": (
        {"plant.csv": b"plant_id,name,timezone\np,Plant,UTC\nq,Other,UTC\n"},
        [("plant.csv", 3, "", "there must be 1 row alone")],
    ),
    "an id twice": (
        {"machines.csv": SMALL["machines.csv"].encode() + b"s1,Other saw,c1,saw,1\n"},
        [("machines.csv", 4, "machine_id", "s1 is in row 2 already")],
    ),
    "references that lead nowhere": (
        {
            "routings.csv": (WHOLE["routings.csv"] + "rc,c,c1,press,1,\n").encode(),
            "operators.csv": b"operator_id,skills,shift_calendar_id\nann,saw;press,late\n",
            "demand.csv": in_demand("z,2026-03-30,1,,"),
            "mtbf_mttr.csv": b"machine_id,mtbf_hours,mttr_hours\nm9,1,1\n",
            "yields.csv": b"step_id,yield_rate\nz9,1\n",
            "skills.csv": b"operator_id,machine_group_id\neve,mill\n",
        },
        [
            ("demand.csv", 2, "product_id", "there is no product_id 'z' in routings"),
            ("mtbf_mttr.csv", 2, "machine_id", "there is no machine_id 'm9' in machines"),
            ("operators.csv", 2, "shift_calendar_id", "there is no calendar_id 'late' in calendars"),
            ("operators.csv", 2, "skills", "there is no machine_group_id 'press' in machines"),
            ("routings.csv", 5, "machine_group_id", "there is no machine_group_id 'press' in machines"),
            ("routings.csv", 5, "product_id", "there is no product_id 'c' in products"),
            ("skills.csv", 2, "operator_id", "there is no operator_id 'eve' in operators"),
            ("yields.csv", 2, "step_id", "there is no step_id 'z9' in routings"),
        ],
    ),
    "a routing of two products": (
        {"routings.csv": (WHOLE["routings.csv"] + "ra,b,a3,saw,1,\n").encode()},
        [("routings.csv", 5, "product_id", "routing 'ra' is of 'a' in a row before")],
    ),
    "a route with the name of the whole": (
        {"routings.csv": (WHOLE["routings.csv"] + "global,a,a3,saw,1,\n").encode()},
        [("routings.csv", 5, "routing_id", "must not be 'global', which means the whole plant")],
    ),
    "a file of 50 MB": (
        {"demand.csv": in_demand() + b"\na,36,1,," * 5_500_000},
        [("demand.csv", 0, "", "is over 32 MiB; leave rows out, or split the plant")],
    ),
    "a table twice": (
        {"old/demand.csv": in_demand("a,2026-03-30,1,,")},
        [("old/demand.csv", 0, "", "is the table demand, as demand.csv is")],
    ),
    "a zip with a way out": (
        {"plant.zip": zipped({"../demand.csv": b""})},
        [("plant.zip", 0, "", "holds '../demand.csv', which leads out of it")],
    ),
    "a zip with an absolute name": (
        {"plant.zip": zipped({"/etc/demand.csv": b""})},
        [("plant.zip", 0, "", "holds '/etc/demand.csv', which leads out of it")],
    ),
    "a zip with a link": (
        {"plant.zip": zipped({"demand.csv": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)},
        [("plant.zip", 0, "", "holds 'demand.csv', which is a link")],
    ),
    "a zip in another way": (
        {"plant.zip": zipped({"demand.csv": b"a,b"}, method=zipfile.ZIP_LZMA)},
        [("plant.zip", 0, "", "holds 'demand.csv', which is not deflated; pack it anew")],
    ),
    "a zip bomb": (
        {"plant.zip": zipped({"demand.csv": b"\0" * (2 * archives.FREE)})},
        [("plant.zip", 0, "", "holds 'demand.csv', which unpacks to far more than it is")],
    ),
    "a zip of very many files": (
        {"plant.zip": zipped({f"{number}.csv": b"" for number in range(1_001)})},
        [("plant.zip", 0, "", "holds 1,001 files, and may hold 1,000")],
    ),
    "a zip that is cut": (
        {"plant.zip": zipped({"demand.csv": b"product_id"})[:-30]},
        [("plant.zip", 0, "", "is a damaged archive, or one that only others can unpack; pack it anew")],
    ),
    "a zip that is none": (
        {"plant.zip": b"not at all"},
        [("plant.zip", 0, "", "is a damaged archive, or one that only others can unpack; pack it anew")],
    ),
}
HARMLESS: dict[str, tuple[dict[str, bytes | None], Problems]] = {
    "an extra column": (
        {"plant.csv": b"plant_id,name,timezone,colour,\np,Plant,UTC,red,\n"},
        [
            ("plant.csv", 1, "", "column 5 has no name; it is left out"),
            ("plant.csv", 1, "colour", "there is no such column; it is left out"),
        ],
    ),
    "an extra file": (
        {"notes.csv": b"a,b\n", "notes.txt": b"Hello"},
        [
            ("notes.csv", 0, "", f"there is no such table, and it is left out; the tables are {NAMES}"),
            ("notes.txt", 0, "", "is no CSV file by its name, and is left out"),
        ],
    ),
    "a family that no product has": (
        {"setup_matrix.csv": b"from_family_id,to_family_id,setup_time\nred,green,1\n"},
        [("setup_matrix.csv", 2, "to_family_id", "there is no family_id 'green' in products")],
    ),
    "a byte order mark": ({"plant.csv": b"\xef\xbb\xbf" + GOOD["plant.csv"]}, []),
    "semicolons": ({"plant.csv": b"plant_id;name;timezone\r\np;Plant, north;UTC\r\n"}, []),
    "tabs": ({"plant.csv": b"plant_id\tname\ttimezone\rp\tPlant\tUTC\r"}, []),
    "empty rows": ({"plant.csv": b"plant_id,name,timezone\n\n,,\np,Plant,UTC\n\n"}, []),
    "a formula, which is a text here": ({"plant.csv": b"plant_id,name,timezone\np,=1+1,UTC\n"}, []),
    "a zip": (
        dict.fromkeys(GOOD)
        | {
            "upload": zipped(
                {f"my plant/{name}": content for name, content in GOOD.items()}
                | {"__MACOSX/my plant/._plant.csv": b"\0", "my plant/README.md": b"# Hello"}
            )
        },
        [],
    ),
}


def beside_good(changed: dict[str, bytes | None]) -> dict[str, bytes]:
    return {name: content for name, content in (GOOD | changed).items() if content is not None}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_imported(name: str) -> None:
    changed, problems = WRONG[name]
    plant, report = read(beside_good(changed))
    assert told(report.problems) == problems
    assert not report.valid
    assert plant is None


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_odd_is_told_and_does_no_harm(name: str) -> None:
    changed, problems = HARMLESS[name]
    plant, report = read(beside_good(changed))
    assert told(report.problems) == problems
    assert report.valid
    assert plant is not None


@given(st.dictionaries(st.integers(0, 2_000), st.integers(0, 255), min_size=1, max_size=5))
def test_a_damaged_archive_is_refused_or_read(damage: dict[int, int]) -> None:
    packed = bytearray(zipped(GOOD))
    for place, byte in damage.items():
        packed[-place % len(packed)] = byte
    plant, report = read({"plant.zip": bytes(packed)})
    assert report.valid == (plant is not None)


@given(st.sampled_from(sorted(GOOD)), st.integers(0, 500), st.sampled_from(b'",;\n\r\0\xff0e-.[{/ \t'))
def test_a_damaged_file_is_refused_or_read(name: str, place: int, byte: int) -> None:
    content = bytearray(GOOD[name])
    content[place % len(content)] = byte
    plant, report = read(GOOD | {name: bytes(content)})
    assert report.valid == (plant is not None)


def test_a_row_over_several_lines_counts_once() -> None:
    text = (
        'product_id,due_date,quantity,priority,note\na,2026-03-30,1,0,"one\ntwo\nthree"\nz,2026-03-30,1,0,\n'
    )
    _, report = read(beside_good({"demand.csv": text.encode()}))
    assert told(report.problems)[1:] == [
        ("demand.csv", 3, "product_id", "there is no product_id 'z' in routings")
    ]


def test_all_problems_come_at_once() -> None:
    changed = {
        "machines.csv": None,
        "demand.csv": in_demand("a,soon,-1,,x", "z,36,1,,"),
        "products.csv": in_products("a,,-1"),
    }
    _, report = read(beside_good(changed))
    assert [(file, row, column) for file, row, column, _ in told(report.problems)] == [
        ("calendars.csv", 2, "blackout_windows"),
        ("demand.csv", 2, "due_date"),
        ("demand.csv", 2, "priority"),
        ("demand.csv", 2, "quantity"),
        ("demand.csv", 3, "product_id"),
        ("machines.csv", 0, ""),
        ("products.csv", 2, "family_id"),
        ("products.csv", 2, "process_time_mean"),
        ("routings.csv", 4, "product_id"),
        ("setup_matrix.csv", 2, "from_family_id"),
        ("setup_matrix.csv", 2, "to_family_id"),
        ("setup_matrix.csv", 3, "from_family_id"),
        ("setup_matrix.csv", 3, "to_family_id"),
    ]
