"""The words the planner knows: verbs that begin a clause, courtesies, kinds of files, figures."""

VERBS = frozenset(
    ["add", "append", "ask", "average", "build", "calculate", "change", "check", "combine", "compare", "compute", "concatenate", "convert", "copy", "count", "create", "cut", "dedupe", "delete", "describe", "determine", "diff", "display", "divide", "download", "draft", "duplicate", "edit", "email", "execute", "explain", "export", "extract", "fetch", "filter", "find", "fix", "format", "generate", "get", "give", "grep", "group", "hash", "identify", "implement", "insert", "install", "keep", "list", "look", "make", "max", "merge", "min", "modify", "move", "multiply", "open", "order", "output", "plot", "post", "print", "put", "read", "refactor", "remove", "rename", "replace", "report", "return", "review", "rewrite", "run", "save", "search", "select", "send", "set", "show", "sort", "split", "store", "subtract", "sum", "summarise", "summarize", "swap", "tell", "test", "touch", "transform", "translate", "tell", "update", "upload", "use", "validate", "verify", "write", "zip", "deduplicate", "commit", "push", "deploy", "analyse", "analyze", "clean", "correct", "draw", "encrypt", "decrypt", "compress", "unzip", "parse", "predict", "recommend", "suggest", "reformat", "rank", "round", "start", "stop", "tidy", "decide", "choose", "pick", "improve", "optimise", "optimize", "log", "mail", "notify", "let", "view", "drop", "aggregate", "tail", "head", "mkdir", "rm", "cp", "mv", "cat", "what", "which", "who", "how", "when", "where", "why", "is", "are", "does", "do"]
)
"""Words that may begin a clause after "and" or a comma; most are not understood, but all end the clause before."""

OPENINGS = (
    r"(?:please|kindly|now|first|firstly|second|secondly|third|thirdly|next|finally|lastly|also|then|"
    r"after that|afterwards|afterward|hi|hello|hey)(?: ?,)?",
    r"(?:can|could|would|will) you(?: please)?",
    r"(?:i want|i need|i would like|i'd like) (?:you )?to",
    r"(?:i want to|i'd like to|i would like to|i need to) know",
    r"let's",
)
"""Courtesies and orders of the day that open a clause and say nothing."""

CLOSINGS = (r"(?:please|for me|thanks|thank you|thank you very much)",)

CONNECTORS = frozenset({"and", "then", "afterwards", "afterward", "after", "that", "next", "finally", "also"})

MODIFIERS = (
    "but", "only", "unless", "except", "if", "however", "otherwise", "else", "don't", "dont", "do not", "never",
    "without", "excluding", "exclude", "ignore", "ignoring", "skip", "instead", "make sure", "be careful", "note",
    "not", "though", "although", "keep in mind", "remember", "ensure", "assume", "assuming", "while", "until",
    "it should", "it must", "they should", "they must", "use", "just", "actually", "wait", "sorry", "no,", "avoid",
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
    ["row", "rows", "record", "records", "entry", "entries", "item", "items", "object", "objects", "data-row", "data-rows"]
)

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip

VAGUE = frozenset(
    ["error", "errors", "warning", "warnings", "bug", "bugs", "problem", "problems", "issue", "issues", "function", "functions", "class", "classes", "email", "emails", "date", "dates", "number", "numbers", "url", "urls", "name", "names", "mistake", "mistakes", "typo", "typos", "anomaly", "anomalies", "outlier", "outliers", "duplicate", "duplicates", "secret", "secrets", "password", "passwords", "key", "keys", "failure", "failures", "exception", "exceptions", "method", "methods", "variable", "variables", "import", "imports", "comment", "comments", "trend", "trends", "pattern", "patterns", "something", "anything", "everything"]
)
"""Words that, unquoted, tell of a meaning rather than of a string to look for."""
