# versions: 3.4, 3.5
# Starred targets: UNPACK_EX with every number of values before and after, and its errors.


def first(x):
    a, *b = x
    return a, b


def last(x):
    *a, b = x
    return a, b


def middle(x):
    a, b, *c, d, e = x
    return a, b, c, d, e


def alone(x):
    *a, = x
    return a


def nested(x):
    (a, *b), *c = x
    return a, b, c


def loop(rows):
    out = []
    for a, *b in rows:
        out.append((a, len(b)))
    return out


class Fails:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            yield i
        raise ZeroDivisionError(self.n)


def show(f, x):
    try:
        return repr(f(x))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


MAKE = [lambda: [], lambda: (1,), lambda: [1, 2], lambda: "abcd", lambda: range(5), lambda: range(40),
        lambda: iter([1, 2, 3]), lambda: {1: 2}, lambda: 5, lambda: None, lambda: Fails(0), lambda: Fails(1),
        lambda: Fails(3), lambda: Fails(9), lambda: ((1, 2, 3), 4, 5), lambda: [[], 1]]

for f in (first, last, middle, alone, nested):
    for number, make in enumerate(MAKE):
        for i in range(30):
            result = show(f, make())
        print(f.__name__, number, result)
print(loop([range(i + 1) for i in range(40)])[-1])


class Watched:
    alive = 0

    def __init__(self):
        Watched.alive += 1

    def __del__(self):
        Watched.alive -= 1


def release(n):
    for i in range(n):
        for f in (first, middle):
            show(f, (Watched() for k in range(3)))
    return Watched.alive


print(release(40))
