# versions: 2.7
# Old-style classes, int/long mixes, backticks, print with softspace, exec and slices of 2.7.
import sys


class Old:
    count = 0
    def __init__(self, v):
        self.v = v
    def __add__(self, other):
        return Old(self.v + 1)
    def __coerce__(self, other):
        return None
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return name
    def __nonzero__(self):
        return self.v % 2
    def __len__(self):
        return 3
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * self.v
    def __del__(self):
        Old.count += 1


def use(n):
    total = 0
    x = Old(0)
    for i in range(n):
        x = x + 1
        if x:
            total += x.v
        total += len(x.missing)
        for y in x:
            total += y
        if i == n // 2:
            Old.__add__ = lambda self, other: Old(self.v + 2)
    return total, x.v


print use(3000), Old.count


def longs(n):
    x = 0
    kinds = {}
    for i in xrange(n):
        if i % 2:
            x = x + 1L
        else:
            x = int(x) + i
        k = type(x)
        kinds[k] = kinds.get(k, 0) + 1
        if i * 1L == i and hash(i * 1L) == hash(i) and i in (5L, 6L):
            kinds['eq'] = kinds.get('eq', 0) + 1
    return x, sorted(kinds.items(), key=str), 5L == 5, 5L is 5


def grown(n):
    x = sys.maxint - n // 2
    rows = []
    for i in xrange(n):
        x += 1
        if i % (n // 10) == 0:
            rows.append((x, type(x).__name__))
    y = x
    for i in xrange(n):
        y -= 1
        if i % (n // 10) == 0:
            rows.append((y, type(y).__name__))
    return rows


print longs(5000)
print grown(5000)


def ticks(n):
    s = 0
    for i in range(n):
        s += len(`i`) + len(`i * 0.1`) + len(`[i]`)
    return s


print ticks(3000)


class Out:
    def __init__(self):
        self.parts = []
    def write(self, s):
        self.parts.append(s)


def prints(n):
    out = Out()
    for i in range(n):
        print >>out, i,
        if i % 7 == 0:
            print >>out, 'x\n',
        if i % 11 == 0:
            print >>out
        print >>out, 'a', 'b\t',
        print >>out, i * 0.5
    return len(''.join(out.parts)), ''.join(out.parts)[:80], out.softspace


print prints(3000)
for i in range(3000):
    if i % 500 == 0:
        print i, 'tab\t', i,
    elif i % 500 == 1:
        print 'nl\n',
    elif i % 500 == 2:
        print
print


class Sliced:
    def __getslice__(self, i, j):
        return ('get', i, j)
    def __setslice__(self, i, j, v):
        log.append(('set', i, j, v))
    def __delslice__(self, i, j):
        log.append(('del', i, j))
    def __getitem__(self, k):
        return ('item', k)
    def __len__(self):
        return 10


log = []


def slices(thing, n):
    for i in range(n):
        r = (thing[:], thing[1:], thing[:-1], thing[1:-1], thing[-3:i], thing[::2])
    return r


def stores(n):
    s = Sliced()
    for i in range(n):
        s[1:2] = i
        s[:] = 0
        del s[-1:]
        a = [0] * 10
        a[2:4] = [1]
        a[:1] = 'xyz'
        del a[5:]
        a[i:] = [9]
    return log[-3:], len(log), a


print slices(Sliced(), 1000), slices(range(10), 1000), slices('abcdefghij', 1000)
print stores(1000)


def execs(n):
    total = 0
    for i in range(n):
        exec 'total = total + i'
        if i % 100 == 0:
            exec 'k%d = i' % (i // 100) in globals()
    return total


print execs(1000), k3, k9


def raises(n):
    kinds = []
    for i in range(n):
        try:
            try:
                if i % 2:
                    raise ValueError, i
                raise KeyError, (i, 'x'), None
            except ValueError, e:
                t, v, tb = sys.exc_info()
                if i % 3 == 0:
                    raise t, v, tb
        except KeyError, e:
            pass
        except ValueError, e:
            depth = 0
            tb = sys.exc_info()[2]
            while tb:
                depth += 1
                tb = tb.tb_next
            kinds.append(depth)
    return len(kinds), set(kinds), str(e), sys.exc_info()[0]


print raises(3000), sys.exc_info()
for i in range(3000):
    try:
        if i % 1000 == 999:
            raise IndexError, i
    except IndexError, e:
        pass
print sys.exc_info()[:2]


def division(n):
    out = []
    for i in range(1, n):
        out.append(7 / i + -7 / i + 7 % -i + i / 2.0 + i / -3)
    try:
        1 / (n - i - 1)
    except ZeroDivisionError, e:
        out.append(str(e))
    return out[5], out[-1], sum(out[:-1])


print division(5000)
print cmp(1, 2), [cmp(i, 5L) for i in range(4, 7)], sorted([3, 'a', None, 2.5, (), 1L], cmp=lambda a, b: cmp(a, b))


def compare_kinds(values, n):
    s = 0
    for k in range(n):
        for a in values:
            for b in values:
                s += (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b)
    return s


print compare_kinds([1, 2.5, 3L, None, True], 200)
import math, operator
print [x for x in range(3000) if x % 1000 == 1], x
def leaks(n):
    [q for q in range(n)]
    return q
print leaks(3000)
def tuple_args((a, b), c):
    return a * b + c
print sum(tuple_args((i, 2), 1) for i in range(3000)), sum(map(lambda (x, y): x - y, zip(range(3000), range(3000, 0, -1))))
