# Slices without a step: SLICE+0..3 and its store and delete forms on 2.7, BUILD_SLICE on 3.x.
from __future__ import print_function


def s0(c):
    return c[:]


def s1(c, a):
    return c[a:]


def s2(c, b):
    return c[:b]


def s3(c, a, b):
    return c[a:b]


def put0(c, v):
    c[:] = v
    return c


def put1(c, a, v):
    c[a:] = v
    return c


def put2(c, b, v):
    c[:b] = v
    return c


def put3(c, a, b, v):
    c[a:b] = v
    return c


def del0(c):
    del c[:]
    return c


def del1(c, a):
    del c[a:]
    return c


def del2(c, b):
    del c[:b]
    return c


def del3(c, a, b):
    del c[a:b]
    return c


def more(c, a, b):
    c[a:b] += [9]
    return c


class Old:
    def __getslice__(self, a, b):
        return ("getslice", a, min(b, 1000))

    def __setslice__(self, a, b, v):
        raise RuntimeError("setslice %r %r" % (a, v))

    def __delslice__(self, a, b):
        raise RuntimeError("delslice %r" % (a,))

    def __getitem__(self, key):
        return ("getitem", key)

    def __len__(self):
        return 5

    def __repr__(self):
        return "Old()"


class New(object):
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        raise RuntimeError("setitem %r %r" % (key, value))

    def __delitem__(self, key):
        raise RuntimeError("delitem %r" % (key,))

    def __repr__(self):
        return "New()"


class Index(object):
    def __index__(self):
        return 2

    def __repr__(self):
        return "Index()"


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


MAKE = [lambda: [1, 2, 3, 4], lambda: (1, 2, 3, 4), lambda: "abcd", Old, New, lambda: 5, lambda: {}]
BOUNDS = [0, 2, -1, 10, None, Index(), 1.5, "x", 10 ** 30, -10 ** 30, True]

for make in MAKE:
    for a in BOUNDS:
        for i in range(30):
            results = [show(s0, make()), show(s1, make(), a), show(s2, make(), a),
                       show(del0, make()), show(del1, make(), a), show(del2, make(), a),
                       show(put0, make(), [7, 8]), show(put1, make(), a, [7, 8]), show(put2, make(), a, 5)]
        for r in results:
            print(repr(make()), repr(a), r)
        for b in BOUNDS:
            for i in range(5):
                results = [show(s3, make(), a, b), show(put3, make(), a, b, "xy"), show(del3, make(), a, b),
                           show(more, make(), a, b)]
            for r in results:
                print(repr(make()), repr(a), repr(b), r)
