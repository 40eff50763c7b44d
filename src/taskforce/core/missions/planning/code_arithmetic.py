"""The code of plain calculations."""

ARITHMETIC = r'''
def whole_lines(path):
    """Return the numbers that stand on the lines of a file."""
    texts = [line.strip() for line in text_of(path).splitlines() if line.strip()]
    bad = next((line for line in texts if not re.fullmatch(r"-?\d+(?:\.\d+)?", line)), None)
    if bad is not None or not texts:
        stop(f"The lines of {path} are not all numbers: {bad!r}.")
    return [Decimal(line) for line in texts]


def spelled_out(value):
    if value == value.to_integral_value():
        return format(value.to_integral_value(), "f")
    return format(round(value, 6).normalize() if -value.as_tuple().exponent > 6 else value, "f")


def with_cents(value):
    text = spelled_out(value)
    return f"{text} (about {round(value, 2):f})" if len(text.partition(".")[2]) > 2 else text


def value_of(node, formula):
    """Return the value of a formula that holds nothing but numbers, signs and roots."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Decimal(ast.get_source_segment(formula, node))
    if isinstance(node, ast.UnaryOp):
        return DO[type(node.op)](value_of(node.operand, formula))
    if isinstance(node, ast.Call) and node.func.id == "sqrt" and len(node.args) == 1:
        return value_of(node.args[0], formula).sqrt()
    left, right = value_of(node.left, formula), value_of(node.right, formula)
    if isinstance(node.op, ast.Pow) and abs(right) > 1000:
        stop("The exponent is too large.")
    if isinstance(node.op, (ast.Mod, ast.FloorDiv)) and (left < 0 or right < 0):
        stop("It is not clear how negative numbers are to be divided with a rest.")
    return DO[type(node.op)](left, right)


DO = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}


def calculated(formula):
    try:
        value = value_of(ast.parse(formula, mode="eval").body, formula)
        if not value.is_finite():
            stop("The result is no finite number.")
    except (SyntaxError, ArithmeticError, KeyError, AttributeError, TypeError):
        stop(f"{formula} cannot be calculated.")
    if abs(value) >= Decimal(10) ** 38:
        stop("The result is too large to be exact.")
    return value
'''
