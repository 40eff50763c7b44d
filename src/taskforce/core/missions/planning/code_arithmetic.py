"""The code of plain calculations."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

FIGURES = """
from decimal import Decimal, getcontext

getcontext().prec = 40


def figure(name, values):
    values = sorted(values)
    middle = len(values) // 2
    return {
        "sum": lambda: sum(values, Decimal(0)),
        "average": lambda: sum(values) / len(values),
        "min": lambda: values[0],
        "max": lambda: values[-1],
        "median": lambda: values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2,
    }[name]()


def shown(value):
    if value == value.to_integral_value():
        return format(value.to_integral_value(), "f")
    return format(round(value, 6).normalize() if -value.as_tuple().exponent > 6 else value, "f")


def rounded(value):
    text = shown(value)
    return f"{text} (about {round(value, 2):f})" if "." in text and len(text.split(".")[1]) > 2 else text
"""

OF_NUMBERS = """

values = {name: figure(name, [Decimal(text) for text in ARGS["numbers"]]) for name in ARGS["figures"]}
finish(", ".join(map(shown, values.values())), "; ".join(f"{name} = {rounded(v)}" for name, v in values.items()))
"""

FORMULA = """
import ast, operator

DO = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}


def value_of(node):
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Decimal(ast.get_source_segment(ARGS["formula"], node))
    if isinstance(node, ast.UnaryOp):
        return DO[type(node.op)](value_of(node.operand))
    if isinstance(node, ast.Call) and node.func.id == "sqrt" and len(node.args) == 1:
        return value_of(node.args[0]).sqrt()
    left, right = value_of(node.left), value_of(node.right)
    if isinstance(node.op, ast.Pow) and abs(right) > 1000:
        stop("The exponent is too large.")
    if isinstance(node.op, (ast.Mod, ast.FloorDiv)) and (left < 0 or right < 0):
        stop("It is not clear how negative numbers are to be divided with a rest.")
    return DO[type(node.op)](left, right)


try:
    value = value_of(ast.parse(ARGS["formula"], mode="eval").body)
    if not value.is_finite():
        stop("The result is no finite number.")
except (SyntaxError, ArithmeticError, KeyError, AttributeError, TypeError):
    stop(f"{ARGS['formula']} cannot be calculated.")
if abs(value) >= Decimal(10) ** 38:
    stop("The result is too large to be exact.")
finish(shown(value), f"{ARGS['formula']} = {rounded(value)}")
"""
