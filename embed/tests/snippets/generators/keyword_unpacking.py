# versions: 3.5
# Calls with several mappings of keyword arguments, and their errors.


def f(*args, **kw):
    return args, sorted(kw.items())


class Map(object):
    def __init__(self, **kw):
        self.kw = kw

    def keys(self):
        return list(self.kw)

    def __getitem__(self, key):
        return self.kw[key]


def error(g, *args):
    try:
        return g(*args)
    except Exception as e:
        return type(e).__name__, str(e)


def two(a, b):
    return f(**a, **b)


def mixed(a, b):
    return f(1, *[2, 3], x=4, **a, **b)


def positional(a, b):
    return f(0, **a, **b)


def three(a, b):
    return f(**a, y=5, **b)


for k in range(40):
    results = []
    for g in (two, mixed, positional, three):
        for a, b in (({'a': 1}, {'b': 2}), ({'a': 1}, {'a': 2}), ({}, {}), ({'a': 1}, 5), (None, {}),
                     ({1: 2}, {1: 3}), ({1: 2}, {}), (Map(a=1), {}), ({'y': 1}, {'x': 2})):
            results.append(error(g, a, b))
for r in results:
    print(r)
