# env: PYTHONHASHSEED=0
# Items of lists, tuples, dicts and objects: load, store, delete, and their errors.
from __future__ import print_function


def load(c, k):
    return c[k]


def store(c, k, v):
    c[k] = v
    return c


def delete(c, k):
    del c[k]
    return c


def add(c, k, v):
    c[k] += v
    return c


class Index(object):
    def __index__(self):
        return 1


class Missing(dict):
    def __missing__(self, key):
        return "missing %r" % (key,)


class Log(object):
    def __getitem__(self, key):
        return ("get", key)

    def __setitem__(self, key, value):
        raise RuntimeError("set %r %r" % (key, value))

    def __delitem__(self, key):
        raise RuntimeError("del %r" % (key,))

    def __repr__(self):
        return "Log()"


def shown(value):
    # The order of a dict with a None key depends on an address.
    if isinstance(value, dict):
        return "{%s}" % ", ".join(sorted("%r: %r" % item for item in value.items()))
    return repr(value)


def show(f, *args):
    try:
        return shown(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def containers():
    return [[1, 2, 3], (1, 2, 3), "abc", {1: "one", "x": 2}, Missing(a=1), Log(), 5, None, range(3)]


KEYS = [0, 1, -1, -3, 3, -4, 10 ** 30, True, 1.5, "x", None, Index(), slice(0, 2), slice(None, None, -1), (), []]

for position in range(len(containers())):
    for k in KEYS:
        for i in range(30):
            got = show(load, containers()[position], k)
            put = show(store, containers()[position], k, "v")
            gone = show(delete, containers()[position], k)
            more = show(add, containers()[position], k, 1)
        label = "Index()" if isinstance(k, Index) else repr(k)
        for result in (got, put, gone, more):
            if "object at" not in result:
                print(position, label, result)


def ellipsis(c):
    return c[...], c[1:2, ..., 3], c[::2]


for i in range(40):
    result = ellipsis(Log())
print(result)


def matrix(n):
    m = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            m[i][j] += i * j
            m[j][i], m[i][j] = m[i][j], m[j][i]
    return m


print(sum(map(sum, matrix(40))))
