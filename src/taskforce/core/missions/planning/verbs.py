"""The verbs that may begin a clause."""

VERBS = frozenset((
    "add", "aggregate", "analyse", "analyze", "append", "are", "ask", "average", "build", "calculate",
    "cat", "change", "check", "choose", "clean", "combine", "commit", "compare", "compress", "compute",
    "concatenate", "convert", "copy", "correct", "count", "cp", "create", "cut", "decide", "decrypt",
    "dedupe", "deduplicate", "delete", "deploy", "describe", "determine", "diff", "display", "divide",
    "do", "does", "download", "draft", "draw", "drop", "duplicate", "edit", "email", "encrypt",
    "execute", "explain", "export", "extract", "fetch", "filter", "find", "fix", "format", "generate",
    "get", "give", "grep", "group", "hash", "head", "how", "identify", "implement", "improve", "insert",
    "inspect", "install", "is", "keep", "let", "list", "log", "look", "mail", "make", "max", "merge",
    "min", "mkdir", "modify", "move", "multiply", "mv", "notify", "open", "optimise", "optimize",
    "order", "output", "parse", "pick", "plot", "post", "predict", "print", "profile", "push", "put",
    "rank", "read", "recommend", "refactor", "reformat", "remove", "rename", "replace", "report",
    "return", "review", "rewrite", "rm", "round", "run", "save", "scaffold", "search", "select", "send",
    "set", "show", "sort", "split", "start", "stop", "store", "subtract", "suggest", "sum", "summarise",
    "summarize", "swap", "tail", "tell", "test", "tidy", "touch", "transform", "translate", "unzip",
    "update", "upload", "use", "validate", "verify", "view", "what", "when", "where", "which", "who",
    "why", "write", "zip",
))  # fmt: skip
"""Most are not understood, but after "and" or a comma all of them end the clause before."""
