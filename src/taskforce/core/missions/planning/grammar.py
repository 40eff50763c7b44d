"""Phrase templates: `words [optional] (this|that) <slot> %macro`, matched against a whole clause or not at all."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from taskforce.core.missions.planning.lexicon import AGGREGATES, CLOSINGS, KINDS, NUMBERS, OPENINGS
from taskforce.core.missions.planning.phrase_keys import Keys, of_slot, of_template, of_word, words_of
from taskforce.core.missions.planning.quoting import quotes

_OPEN, _CLOSE = "\ue000", "\ue001"
QUOTED = rf"{_OPEN}\d+{_CLOSE}"

_STOP = (
    r"(?!(?:in|from|of|by|where|for|per|and|with|file|files|column|columns|is|are|to|into|as|or|not|all|each|every|"
    r"it|its|that|this|on|at|than|then|whose|having|which|if|unless|except|without|field|row|rows|value|values|table|"
    r"save|write|show|only|but|between|over|under|above|below|descending|ascending|desc|asc|both|me|until|using|"
    r"unique|distinct|different|across|sort|sorted|ordered|grouped|"
    r"(?:highest|largest|biggest|most|lowest|smallest|fewest|least) first) )"
)
_NAME = rf"{_STOP}[^\W\d][\w%$.-]*"
_PLAIN = r"[^\s,:]+"

SLOTS = {
    "path": rf"(?:{QUOTED}|(?!-?[\d.,]+ )(?![\w.]*://)(?=[^\s,]*[/.])[\w@+~./-]*\w|README|Makefile|Dockerfile|LICENSE)",
    "target": rf"(?:{QUOTED}|(?!-?[\d.,]+ )(?=[^\s,]*[/.])[\w@+~./-]*[\w/]|README|Makefile|Dockerfile|LICENSE)",
    "folder": rf"(?:{QUOTED}|{_STOP}(?!(?:current|workspace|folder|directory|here) )[\w@+~./-]+)",
    "glob": r"(?=[^\s,]*[*?])[\w@+~./*?-]+",
    "kind": rf"(?:{'|'.join(sorted(KINDS, key=len, reverse=True))}|\.\w+)",
    "quoted": QUOTED,
    "url": rf"(?:{QUOTED}|https?://\S+)",
    "number": r"-?\d+(?:\.\d+)?",
    "n": rf"(?:\d+|{'|'.join(NUMBERS)})",
    "col": rf"(?:{QUOTED}|{_NAME}(?: {_NAME}){{0,2}}?)",
    "cols": rf"(?:{QUOTED}|{_NAME}(?: {_NAME}){{0,2}}?)(?: ?, (?:and )?(?:{QUOTED}|{_NAME}(?: {_NAME}){{0,2}}?)| and (?:{QUOTED}|{_NAME}(?: {_NAME}){{0,2}}?))*",
    "noun": rf"(?:rows?|{_NAME})",
    "word": _PLAIN,
    "caps": r"(?-i:[A-Z][A-Z0-9_]+s?)",
    "rest": r".+?",
    "agg": rf"(?:{'|'.join(sorted(AGGREGATES, key=len, reverse=True))})",
    "aggs": rf"(?:{'|'.join(sorted(AGGREGATES, key=len, reverse=True))})"
    rf"(?: , (?:and )?(?:{'|'.join(sorted(AGGREGATES, key=len, reverse=True))})"
    rf"| and (?:{'|'.join(sorted(AGGREGATES, key=len, reverse=True))}))+",
    "numbers": r"-?\d+(?:\.\d+)?(?: ,? ?(?:and )?-?\d+(?:\.\d+)?)+",
    "formula": r"[-+*/().,%^\u00d7÷\d\s]*\d[-+*/().,%^\u00d7÷\d\s]*?",
}
"""What a slot takes, by its type; a column's name is checked against the data when the step runs."""

_MACROS = {
    "in": "(in|of|from|inside|within|for)",
    "the_file": "[text|csv|json|jsonl|log|markdown|python|data|sqlite|tsv] [file|database|db|spreadsheet|dataset]"
    " [called|named]",
    "source": "(%in [column of] %the_file <path> [file] | %in table <tname> %in %the_file <path>"
    " | (in|of|from) <tname> (in|of|from) %the_file <path> | %in <tname> table %in %the_file <path> | %in <it>)",
    "where": "(where|whose|for which|that have|which have|having|with|when|that has|have|has) <where:rest>",
    "scope": "(%in|across) <kind:codebase> | (%in|across) (all|each|every|any of) [<kind>] (file|files) [(in|of|under) %place] |"
    " (%in|across) [all|each|every] <kind> files [(in|of|under) %place] |"
    " (%in|across) <glob> [files] [(in|of|under) %place] | (%in|across) %the_file <scoped:paths> [file] | %in <it>"
    " | (in|of|inside|within|under) %place",
    "place": "[folder|directory|subfolder] <folder> [folder|directory] | (this|current|whole|entire) (folder|directory"
    "|workspace|project) | workspace | here | project",
}
SLOTS["it"] = (
    r"(?:it|this|that|this file|that file|same file|file|its contents|its content|contents|them|csv|csv file|json file"
    r"|table|data|result|results|output|those rows|these rows|those|these|filtered rows|sorted rows|matching rows"
    r"|filtered data|sorted data|rows|list)"
)
_UNIT = r"(?:non-?empty lines|non-blank lines|empty lines|blank lines|lines of text|lines?|words?|characters?|chars)"
SLOTS |= {
    "unit": r"(?:line|word|character)",
    "units": rf"{_UNIT}(?:(?: , (?:and )?| and ){_UNIT})*",
    "lacking": r"(?:that do not contain|not containing|without|which do not contain|that don't contain|do not contain)",
    "ignoring": r"(?:ignoring case|ignore case|case insensitively|case-insensitively|case insensitive|regardless of case)",
    "theword": r"word",
    "change": r"change",
    "allof": r"(?:all(?: occurrences of| instances of)?|every(?: occurrence of| instance of)?|each occurrence of)",
    "everywhere": r"(?:everywhere|throughout)",
    "headtail": r"(?:head|tail)",
    "deeply": r"(?:including subfolders|including subdirectories|recursively|and its subfolders|and subfolders|including all subfolders|and all its subfolders)",
    "sizeword": r"(?:largest|biggest|smallest)",
    "largerthan": r"(?:(?:that are |which are )?(?:larger|bigger|greater) than|over)",
    "smallerthan": r"(?:(?:that are |which are )?smaller than|under)",
    "sizeunit": r"(?:bytes?|[km]i?b)",
    "algorithm": r"(?:sha-?(?:1|224|256|384|512)|md5)",
    "newword": r"new",
    "withcontents": r"(?:and (?:all )?(?:its contents|everything in it)|with (?:all )?its contents|recursively)",
    "slashed": r"[\w@+~.-]+/",
    "paths": rf"{SLOTS['path']}(?:(?: , (?:and )?| and ){SLOTS['path']})*",
    "folders": rf"{SLOTS['folder']}(?:(?: , (?:and )?| and ){SLOTS['folder']})*",
    "lineword": r"line",
    "percent": r"-?\d+(?:\.\d+)? ?%",
    "lastword": r"(?:last|latest|most recent)",
    "codebase": r"codebase",
    "numberof": r"number of",
    "quotedlist": rf"{QUOTED}(?:(?: , (?:and )?| and ){QUOTED})*",
    "differing": r"(?:unique|different|distinct)",
    "addresses": r"(?:email addresses|e-mail addresses|emails|e-mails|ip addresses|ips|urls|links|web addresses)",
    "level": r"(?:errors?|warnings?)",
    "things": r"(?:functions|classes|methods)",
    "plain": r"(?:(?!(?:if|unless|except|when|only|and|or|then|but) )[^\s,]+ ?){1,12}?(?= )",
    "oneresult": r"(?:it|that|this|result|output|total|count|number|sum|average|answer|my answer|reply|hash|checksum|summary"
    r"|value|figure|list|them|those|rows|lines|filtered rows|filtered data|filtered list|sorted rows|sorted data"
    r"|sorted list|sorted lines|sorted file|matching rows|matching lines|these rows|those rows|those lines|unique values"
    r"|its output|its result|output of it|its content|its contents|values|differences?|diff|median|maximum|minimum|log|table|filtered table|sorted table|resulting table|result table)",
    "manyresults": r"(?:(?:both |all )?(?:(?:these |those )?(?:results|findings|figures|numbers|answers)|of them)|both"
    r"|everything)",
    "reportword": r"(?:report|summary report|results report)",
    "itself": r"(?:it|there|that|this|that folder|new folder|folder|directory)",
    "colon": r":",
    "themall": r"(?:them|those files|these files|those|these)",
    "placeword": r"(?:in|of|inside|within|under|from)",
    "alphabetically": r"alphabetically",
    "alphabetical": r"(?:alphabetical|alphabetic)",
    "numerically": r"numerically",
    "numbers_word": r"numbers",
    "uniqueword": r"(?:unique|distinct)",
    "duplicate": r"(?:duplicate|duplicated|repeated)",
    "lines_word": r"lines",
    "descending": r"(?:descending|desc|decreasing|reverse)",
    "hilo": r"(?:highest to lowest|largest to smallest|biggest to smallest|high to low|z to a)",
    "firstlast": r"(?:first|last)",
    "topword": r"(?:top|highest|largest|biggest|lowest|smallest|bottom)",
    "most": r"(?:highest|largest|biggest|greatest|most|maximum|max|lowest|smallest|least|fewest|minimum|min)",
    "sumavg": r"(?:total|sum|average|mean)",
    "suffix": r"\.?(?:csv|json|jsonl|tsv|ndjson)",
}
SLOTS["tname"] = rf"(?:{QUOTED}|{_STOP}[^\W\d]\w*)"

_SLOT_KINDS = {
    "quoted": "<quoted>", "url": "<url>", "number": "<digit>", "numbers": "<digit>", "formula": "<figure>", "percent": "<digit>",
    "glob": "<glob>", "path": "<path>", "paths": "<path>", "target": "<path>", "caps": "<capitals>", "units": "<unit>", "aggs": "<several>",
}  # fmt: skip
_words = lru_cache(maxsize=64)(words_of)
_PIECES = re.compile(r"<(\w+)(?::(\w+))?>|%(\w+)|([\[\]()|])|([^\s\[\]()|<>%]+)")
_MARKS = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}


@dataclass(frozen=True, slots=True)
class Wording:
    """A clause in the one spelling that templates are matched against, and its quoted strings."""

    text: str
    quoted: tuple[str, ...]
    styles: tuple[str, ...]
    raw: str
    """The clause word for word."""

    @property
    def words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The first of its words, and all, in lower case."""
        return _words(self.text)

    def unquote(self, value: str) -> str:
        """Return a slot's value with its quoted strings put back."""
        return re.sub(f"{_OPEN}(\\d+){_CLOSE}", lambda m: self.quoted[int(m.group(1))], value)

    def is_quoted(self, value: str) -> bool:
        """Tell whether a slot's value is one quoted string."""
        return re.fullmatch(QUOTED, value) is not None

    def saying(self, text: str) -> "Wording":
        """Return other words about the same quoted strings."""
        return Wording(text, self.quoted, self.styles, self.raw)


@cache
def keys(template: str) -> Keys:
    """Return what a text must hold for the template to match it."""
    pieces = [
        ("slot", slot or name)
        if name
        else ("macro", macro)
        if macro
        else ("mark" if mark else "word", mark or word)
        for name, slot, macro, mark, word in _PIECES.findall(template)
    ]
    return of_template(pieces, _keys_of)


@cache
def _keys_of(kind: str, text: str) -> Keys:
    if kind == "macro":
        return keys(_MACROS[text])
    return of_slot(SLOTS[text], _SLOT_KINDS.get(text)) if kind == "slot" else of_word(text)


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Return the template as a regular expression over a wording."""
    return re.compile(_compiled(template, Counter()), re.IGNORECASE)


def _compiled(template: str, used: Counter[str]) -> str:
    """Return the expression; a slot that stands in several branches gets a numbered name in each."""
    out = []
    for name, slot, macro, mark, word in _PIECES.findall(template):
        if name:
            used[name] += 1
            out.append(f"(?P<{name}__{used[name]}>{SLOTS[slot or name]}) ")
        elif macro:
            out.append(f"(?:{_compiled(_MACROS[macro], used)})")
        else:
            out.append(_MARKS[mark] if mark else re.escape(word) + " ")
    return "".join(out)


def match(template: str, wording: Wording) -> dict[str, str] | None:
    """Return the slots that were filled if the template takes every word of the clause, else None."""
    first, words = wording.words
    if not keys(template).allow(first, words):
        return None
    found = pattern(template).fullmatch(wording.text + " ")
    if found is None:
        return None
    return {name.partition("__")[0]: value for name, value in found.groupdict().items() if value is not None}


def worded(text: str) -> Wording:
    """Return a clause without articles, courtesies and closing marks, its quoted strings set aside."""
    held = quotes(text)
    pieces, end = [], 0
    for index, quote in enumerate(held):
        pieces += [
            text[end : quote.start].replace(_OPEN, " ? ").replace(_CLOSE, " ? "),
            f"{_OPEN}{index}{_CLOSE}",
        ]
        end = quote.end
    pieces.append(text[end:].replace(_OPEN, " ? ").replace(_CLOSE, " ? "))
    plain = re.sub(r"[\u2019`]", "'", "".join(pieces))
    plain = re.sub(r"([,:;.!?]+)(?=\s|$)", r" \1 ", plain)
    plain = re.sub(rf"(?<={_CLOSE})(?=\S)|(?<=\S)(?={_OPEN})", " ", plain)
    plain = re.sub(r"[\s.!?;]+$", "", re.sub(r"\s+", " ", plain)).strip()
    plain = _without_courtesies(re.sub(r"[\s:]+$", "", plain))
    return Wording(_without_articles(plain), tuple(q.text for q in held), tuple(q.style for q in held), text)


def _without_courtesies(text: str) -> str:
    while True:
        shorter = text
        for opening in OPENINGS:
            shorter = re.sub(rf"^{opening} (?=\S)", "", shorter, flags=re.IGNORECASE)
        for closing in CLOSINGS:
            shorter = re.sub(rf"(?<=\S)(?: ,)? {closing}$", "", shorter, flags=re.IGNORECASE)
        shorter = shorter.strip(" ,")
        if shorter == text:
            return text
        text = shorter


def _without_articles(text: str) -> str:
    text = re.sub(
        r"(?<!\S)(?:the|this|my|our) (?:source code|code base|codebase|code)(?!\S)", "codebase", text
    )
    text = re.sub(r"(?<!\S)the (?=\S)", "", text, flags=re.IGNORECASE)
    return re.sub(
        r"(?<!\S)(?:a|an) (?=[^\W\d]\w|\.\w|\ue000)(?!(?:in|from|of|is|and|by|where|to|or|equals) )", "", text
    )
