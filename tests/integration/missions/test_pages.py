import time

import pytest

from taskforce.infrastructure.missions.pages import read_page


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("one\n two <b>three</b>&amp;&nbsp;four", "one two three& four"),
        ("<p>a</p><p>b<br>c", "a\n\nb\nc"),
        ("<h2>Head</h2><ul><li>x<li>y</ul>", "## Head\n\n- x\n- y"),
        ("<table><tr><th>a<td> b <tr><td>c<td>d</table>", "a\tb\nc\td"),
        ("<pre>  a\n    b</pre>", "  a\n    b"),
        ("a<!-- <p>no --> b<script>var x = '</p>'</script><style>p{}</style> c", "a b c"),
        ("a<SCRIPT src=x>no</Script >b<svg><title>no</title></svg>", "ab"),
        ("<a href='x>y' title=\"<b>\">link</a> 1 < 2 <3", "link 1 < 2 <3"),
        ("<p title='never closed>a</p>b", "a\n\nb"),
        ("&#65;&#x42;&lt;b&gt;&unknown;", "AB<b>&unknown;"),
        ("a<textarea><b>x</textarea>", "a<b>x"),
        ("<!doctype html><?xml x?>a<", "a<"),
        ("a<b", "a"),
        ("", ""),
    ],
)
def test_the_text_of_a_page_is_what_a_reader_sees(source: str, text: str) -> None:
    assert read_page(source).text == text


def test_the_first_title_is_the_pages() -> None:
    page = read_page("<head><title lang=x> A &lt;b&gt;\n c </title></head><title>no</title>d")
    assert (page.title, page.text) == ("A <b> c", "d")


def test_a_number_with_too_many_digits_stays_as_it_is() -> None:
    assert read_page(f"a &#{'9' * 5_000}; b").text.startswith("a &#999")


@pytest.mark.parametrize(
    "unit",
    [
        *("<!--", "<a ", "</", "</a", "<!", "<?", "<![CDATA[", "<", "&", "&#", "&#1", '<a a="', "<a b='"),
        *("<script>", "<svg><svg", "<p>", "<pre>", "<title>", '="', "<a =  ", " \n", "<a\t'=\"", "<b>x</b> "),
    ],
)
def test_no_page_takes_long(unit: str) -> None:
    begun = time.process_time()
    read_page(unit * (1_000_000 // len(unit)))
    assert (
        time.process_time() - begun < 10
    )  # about one second; with the square of the length it would be hours
