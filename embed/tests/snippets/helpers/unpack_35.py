# env: PYTHONHASHSEED=0
# versions: 3.5
# PEP 448 and PEP 465: unpacking in displays and calls, their errors; the @ operator.


def tuples(a, b):
    return (*a, 1, *b), (*a,), (*a, *b)


def lists(a, b):
    return [*a, *b, 5], [*a], [0, *b]


def sets(a, b):
    return sorted({*a, *b, 7}), len({*b})


def maps(a, b):
    return sorted({**a, "k": 1, **b}.items()), {"a": 0, **a}["a"], {**a, "a": 0}["a"]


def f(*args, **kw):
    return args, sorted(kw.items())


def calls(a, b):
    return f(*a, *b), f(0, *a, 1, *b), f(*a, k=1, *b)


def map_calls(a, b):
    return f(**a, **b), f(1, **a, x=2, **b), f(*[3], **a, y=3)


class Keys:
    def __iter__(self):
        return iter(self.keys())

    def keys(self):
        return ["p", "q"]

    def __getitem__(self, key):
        return key


class Fails:
    def __iter__(self):
        yield 1
        raise ZeroDivisionError("iter")

    def keys(self):
        raise AttributeError("keys")


def show(g, *args):
    try:
        return repr(g(*args))
    except Exception as e:
        text = str(e)
        return "%s: %s" % (type(e).__name__, text if "0x" not in text else text.split("0x")[0])


ITERABLES = [[1, 2], (3,), "ab", {"a": 1}, {4, 5}, iter(()), range(2), Fails(), 5, None, [[]]]
MAPS = [{}, {"a": 1}, {"a": 2, "b": 3}, {1: 2}, Keys(), Fails(), 5, None, [("a", 1)], "ab"]

for g in (tuples, lists, sets, calls):
    for a in ITERABLES:
        for b in ITERABLES:
            for i in range(12):
                result = show(g, a, b)
            print(g.__name__, result)
for g in (maps, map_calls):
    for a in MAPS:
        for b in MAPS:
            for i in range(12):
                result = show(g, a, b)
            print(g.__name__, result)


class Matrix:
    def __init__(self, v):
        self.v = v

    def __matmul__(self, other):
        if not isinstance(other, Matrix):
            return NotImplemented
        return "matmul", self.v, other.v

    def __rmatmul__(self, other):
        return "rmatmul", self.v, other

    def __imatmul__(self, other):
        self.v += 1
        return self


def product(a, b):
    return a @ b


def inplace(a, b):
    a @= b
    return a if not isinstance(a, Matrix) else a.v


for i in range(40):
    r = [show(product, Matrix(1), Matrix(2)), show(product, 5, Matrix(3)), show(product, Matrix(1), 5),
         show(product, 1, 2), show(inplace, Matrix(i), 2), show(inplace, 1, 2)]
print(r)
