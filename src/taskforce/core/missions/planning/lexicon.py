"""The words the planner knows: verbs that begin a clause, courtesies, kinds of files, figures."""

OPENINGS = (
    (
        r"(?:please|kindly|now|first|firstly|second|secondly|third|thirdly|next|finally|lastly|also|then|"
        r"after that|afterwards|afterward|hi|hello|hey)(?: ?,)?"
    ),
    r"(?:can|could|would|will) you(?: please)?",
    r"(?:i want|i need|i would like|i'd like) (?:you )?to",
    r"(?:i want to|i'd like to|i would like to|i need to) know",
    r"let's",
)
"""Courtesies and orders of the day that open a clause and say nothing."""

CLOSINGS = (r"(?:please|for me|thanks|thank you|thank you very much)",)

CONNECTORS = frozenset({"and", "then", "afterwards", "afterward", "after", "that", "next", "finally", "also"})

MODIFIERS = (
    "but", "only", "unless", "except", "if", "however", "otherwise", "else", "don't", "dont",
    "do not", "never",
    "without", "excluding", "exclude", "ignore", "ignoring", "skip", "instead", "make sure", "be careful",
    "note", "not", "though", "although", "keep in mind", "remember", "ensure", "assume", "assuming", "while",
    "until",
    "it should", "it must", "they should", "they must", "use", "just", "actually", "wait", "sorry", "no,",
    "avoid",
    "leave", "treat", "the file should", "the output should", "the result should",
)  # fmt: skip
"""What begins a sentence that changes the one before; the two are read together, or not at all."""

KINDS = {
    "csv": ("*.csv",), "tsv": ("*.tsv",), "json": ("*.json",), "jsonl": ("*.jsonl",), "python": ("*.py",),
    "py": ("*.py",), "text": ("*.txt",), "txt": ("*.txt",), "markdown": ("*.md",), "md": ("*.md",),
    "log": ("*.log",), "yaml": ("*.yaml", "*.yml"), "yml": ("*.yml",), "toml": ("*.toml",), "ini": ("*.ini",),
    "html": ("*.html",), "xml": ("*.xml",), "sql": ("*.sql",), "javascript": ("*.js",), "js": ("*.js",),
    "sqlite": ("*.db", "*.sqlite", "*.sqlite3"), "db": ("*.db",), "tmp": ("*.tmp",), "bak": ("*.bak",),
    "pdf": ("*.pdf",), "png": ("*.png",), "jpg": ("*.jpg",), "cfg": ("*.cfg",), "sh": ("*.sh",),
    "css": ("*.css",), "ts": ("*.ts",), "typescript": ("*.ts",), "rst": ("*.rst",), "gz": ("*.gz",),
}  # fmt: skip
"""Kinds of files by the word people use, and the patterns of their names."""

CODE = (
    "*.py", "*.js", "*.ts", "*.jsx", "*.tsx", "*.go", "*.rs", "*.java", "*.kt", "*.c", "*.h", "*.cc",
    "*.cpp", "*.hpp", "*.cs", "*.rb", "*.php", "*.swift", "*.scala", "*.sh", "*.sql", "*.lua", "*.pl", "*.r",
)  # fmt: skip
"""Files of programs: what "the code" of a project is taken for."""

TABLE_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".db", ".sqlite", ".sqlite3")

PROSE_SUFFIXES = (".txt", ".md", ".rst", ".markdown")

AGGREGATES = {
    "sum": "sum", "total": "sum", "total sum": "sum", "sum total": "sum",
    "average": "average", "mean": "average", "avg": "average", "average value": "average",
    "median": "median",
    "minimum": "min", "min": "min", "lowest": "min", "smallest": "min",
    "maximum": "max", "max": "max", "highest": "max", "largest": "max", "biggest": "max", "greatest": "max",
}  # fmt: skip

ROW_NOUNS = frozenset(
    [
        "row",
        "rows",
        "record",
        "records",
        "entry",
        "entries",
        "item",
        "items",
        "object",
        "objects",
        "data-row",
        "data-rows",
    ]
)

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip

VAGUE = frozenset((
    "anomalies", "anomaly", "anything", "bug", "bugs", "class", "classes", "comma", "commas", "comment",
    "comments", "date", "dates", "digit", "digits", "duplicate", "duplicates", "email", "emails", "error",
    "errors", "everything", "exception", "exceptions", "failure", "failures", "function", "functions",
    "import", "imports", "issue", "issues", "key", "keys", "letter", "letters", "line", "lines", "method",
    "methods", "mistake", "mistakes", "name", "names", "newline", "newlines", "number", "numbers",
    "outlier", "outliers", "password", "passwords", "pattern", "patterns", "problem", "problems",
    "punctuation", "secret", "secrets", "something", "space", "spaces", "tab", "tabs", "trend", "trends",
    "typo", "typos", "url", "urls", "variable", "variables", "vowel", "vowels", "warning", "warnings",
    "whitespace", "word", "words",
))  # fmt: skip
"""Words that, unquoted, tell of a meaning rather than of a string to look for."""
