# COMPARE_OP in all its forms, as a value and as a condition, with results that are no bools.
from __future__ import print_function

COMPARE = [
    ("lt", lambda a, b: a < b), ("le", lambda a, b: a <= b), ("eq", lambda a, b: a == b),
    ("ne", lambda a, b: a != b), ("gt", lambda a, b: a > b), ("ge", lambda a, b: a >= b),
    ("in", lambda a, b: a in b), ("not in", lambda a, b: a not in b),
    ("is", lambda a, b: a is b), ("is not", lambda a, b: a is not b),
]


def branch_lt(a, b):
    if a < b:
        return "yes"
    return "no"


def branch_eq(a, b):
    return "yes" if a == b else "no"


def branch_in(a, b):
    while a in b:
        return "yes"
    return "no"


def branch_and(a, b):
    return a and b


def branch_or(a, b):
    return a or b


def branch_chain(a, b):
    return a < b < 10


BRANCH = [
    ("if lt", branch_lt), ("if eq", branch_eq), ("if in", branch_in), ("and", branch_and),
    ("or", branch_or), ("chain", branch_chain),
]


class Odd(object):
    """Compares to something without a truth value, or to something false."""

    def __init__(self, result):
        self.result = result

    def __lt__(self, other):
        return self.result

    def __eq__(self, other):
        return self.result

    def __contains__(self, item):
        return self.result

    def __hash__(self):
        return 1

    def __repr__(self):
        return "Odd(%s)" % (type(self.result).__name__,)


class NoTruth(object):
    def __len__(self):
        raise ValueError("no truth")

    def __repr__(self):
        return "NoTruth()"


class Raises(object):
    def __lt__(self, other):
        raise KeyError("lt")

    def __eq__(self, other):
        raise KeyError("eq")

    def __iter__(self):
        raise KeyError("iter")

    __hash__ = None

    def __repr__(self):
        return "Raises()"


nan = float("nan")
PAIRS = [
    (1, 2), (2, 2), (3, 2), (1.5, 2), (nan, nan), (1, nan), (True, 1), (10 ** 20, 10 ** 20 + 1),
    ("a", "b"), ("a", "abc"), ((1, 2), (1, 3)), ([nan], [nan]), (1, [1, 2]), (3, (1, 2)),
    ("k", {"k": 1}), (None, [None]), (Odd([]), 1), (1, Odd([])), (Odd(NoTruth()), 1), (Raises(), 1),
    (1, Raises()), (NoTruth(), 1), (5, 7),
]


def show(f, a, b):
    try:
        return repr(f(a, b))
    except Exception as e:
        text = str(e)
        return "%s: %s" % (type(e).__name__, text)


for name, f in COMPARE + BRANCH:
    for a, b in PAIRS:
        for i in range(30):
            result = show(f, a, b)
        # 2.7 orders unlike types by their addresses.
        if name in ("lt", "le", "gt", "ge", "if lt", "chain") and not isinstance(a, (int, float, str)):
            if not isinstance(a, (Odd, Raises, tuple)):
                continue
        if name == "chain" and not isinstance(b, (int, float)):
            continue
        if type(a) is int and not isinstance(b, (int, float)) and name in ("lt", "le", "gt", "ge", "if lt"):
            continue
        print(name, a, b, result)


def catches(e, what):
    try:
        raise e
    except what:
        return "caught"


for e, what in [(ValueError(1), ValueError), (ValueError(1), (KeyError, ValueError)),
                (KeyError(1), ValueError), (KeyError(1), (ValueError, (LookupError,))),
                (KeyError(1), ()), (KeyError(1), None), (KeyError(1), (5, 6))]:
    for i in range(30):
        try:
            result = catches(e, what)
        except Exception as other:
            result = "%s: %s" % (type(other).__name__, other)
    print("except", type(e).__name__, what, result)
