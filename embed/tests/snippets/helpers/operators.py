# Every operator, in place and not, on numbers, strings, sequences and objects of our own.
from __future__ import print_function
import operator
import sys

OPERATORS = [
    ("add", lambda a, b: a + b), ("sub", lambda a, b: a - b), ("mul", lambda a, b: a * b),
    ("div", lambda a, b: a / b), ("floordiv", lambda a, b: a // b), ("mod", lambda a, b: a % b),
    ("pow", lambda a, b: a ** b), ("lshift", lambda a, b: a << b), ("rshift", lambda a, b: a >> b),
    ("and", lambda a, b: a & b), ("or", lambda a, b: a | b), ("xor", lambda a, b: a ^ b),
]


def inplace_add(a, b):
    a += b
    return a


def inplace_sub(a, b):
    a -= b
    return a


def inplace_mul(a, b):
    a *= b
    return a


def inplace_div(a, b):
    a /= b
    return a


def inplace_floordiv(a, b):
    a //= b
    return a


def inplace_mod(a, b):
    a %= b
    return a


def inplace_pow(a, b):
    a **= b
    return a


def inplace_lshift(a, b):
    a <<= b
    return a


def inplace_rshift(a, b):
    a >>= b
    return a


def inplace_and(a, b):
    a &= b
    return a


def inplace_or(a, b):
    a |= b
    return a


def inplace_xor(a, b):
    a ^= b
    return a


INPLACE = [
    ("add", inplace_add), ("sub", inplace_sub), ("mul", inplace_mul), ("div", inplace_div),
    ("floordiv", inplace_floordiv), ("mod", inplace_mod), ("pow", inplace_pow),
    ("lshift", inplace_lshift), ("rshift", inplace_rshift), ("and", inplace_and),
    ("or", inplace_or), ("xor", inplace_xor),
]


class Both(object):
    """Has reflected operators only, and notes them."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "Both(%s)" % self.name

    def note(what):
        def method(self, other):
            return (what, self.name, other if not isinstance(other, Both) else other.name)
        return method

    __radd__ = note("radd")
    __sub__ = note("sub")
    __isub__ = note("isub")
    __rmod__ = note("rmod")
    __rmul__ = note("rmul")
    __ixor__ = note("ixor")
    __rpow__ = note("rpow")
    del note


class Str(str):
    def __rmod__(self, other):
        return "Str.__rmod__(%r)" % other


def show(f, a, b):
    try:
        return repr(f(a, b))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


PAIRS = [
    (7, 3), (-7, 3), (7, -3), (7, 0), (3, 100), (sys.maxsize, 1), (-sys.maxsize - 1, -1),
    (2.5, 0.5), (2.5, 0), (1, 2.5), (True, 2), (1j, 2), ("ab", 3), (3, "ab"), ("ab", "cd"),
    ("%s-%s", (1, 2)), ("%d", "x"), ("%s", Str("x")), ("%s", Both("m")), ([1], [2]), ([1], 2),
    ((1,), (2,)), ([1], (2,)), (set([1, 2]), set([2, 3])), (Both("a"), Both("b")), (5, Both("c")),
    (Both("d"), 5), (None, 1), (1, None), (1 << 40, 1 << 41), (10 ** 20, 3),
]


def values(table, repeat):
    for name, f in table:
        for a, b in PAIRS:
            if name == "lshift" and b == 1 << 41:
                continue
            if name == "pow" and (b == 1 << 41 or a == 1 << 40):
                continue
            for i in range(repeat):
                result = show(f, list(a) if type(a) is list else a, b)
            yield name, a, b, result


for label, table in (("binary", OPERATORS), ("inplace", INPLACE)):
    for name, a, b, result in values(table, 30):
        if not (isinstance(a, Both) and "object at" in result):
            print(label, name, a, b, result)


def unary(v):
    out = []
    for f in (lambda x: -x, lambda x: +x, lambda x: ~x, lambda x: not x):
        try:
            out.append(repr(f(v)))
        except Exception as e:
            out.append("%s: %s" % (type(e).__name__, e))
    return out


class Falsy(object):
    def __init__(self, truth):
        self.truth = truth

    def __len__(self):
        return self.truth


for v in (0, 5, -5, sys.maxsize, -sys.maxsize - 1, 1.5, True, None, "", "x", [], [1], Falsy(0), Falsy(2), Falsy(-1)):
    for i in range(30):
        result = unary(v)
    print("unary", "Falsy" if isinstance(v, Falsy) else repr(v), [r for r in result])
