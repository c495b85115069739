# Cells: counters, late binding, lambdas and closures made in hot loops.
from __future__ import print_function


def shared(n):
    count = [0]
    x = 0
    def read():
        return x
    def bump():
        count[0] += 1
        return count[0]
    log = []
    for i in range(n):
        x = x + 1
        if i % 1000 == 0:
            log.append((read(), bump(), x))
        if i == n // 2:
            x = 0.5
    return log, read(), x


def late(n):
    fs = []
    for i in range(n):
        fs.append(lambda: i)
    return fs[0](), fs[-1](), sum(f() for f in fs)


def early(n):
    fs = []
    for i in range(n):
        fs.append(lambda i=i, *a: i + len(a))
    return fs[0](), fs[-1](), sum(f() for f in fs), fs[5](1, 2, 3)


def cell_argument(a, b, n):
    def inner():
        return a + b
    for i in range(n):
        a = a + i
        b = b * 0.5
    return inner(), a, b


def unbound_cell(n):
    def inner():
        try:
            return y
        except NameError as e:
            return str(e)
    out = []
    for i in range(n):
        if i % 1000 == 0:
            out.append(inner())
        if i == n // 2:
            y = i
    return out


def make_counter(step):
    state = {'n': 0}
    def counter():
        state['n'] += step
        return state['n']
    return counter


def many_counters(n):
    a, b = make_counter(1), make_counter(0.5)
    for i in range(n):
        a()
        b()
    return a(), b()


def recursive(n):
    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)
    return [fact(k) for k in range(n)][-1]


def comprehension_scope(n):
    return [[(i, j) for j in range(3) if i] for i in range(n)][-1], sum(len({i, i + 1, k}) for i in range(n) for k in (1, 2)), {k: k * n for k in range(n)}[n - 1]


print(shared(5000), late(3000), early(3000))
print(cell_argument(1, 2.0, 5000), cell_argument(0.5, 3, 5000))
print(unbound_cell(5000), many_counters(5000), recursive(60), comprehension_scope(3000))
for k in range(600):
    r = shared(k % 5), late(3), cell_argument(k, k, 2), unbound_cell(3)
print(r)
