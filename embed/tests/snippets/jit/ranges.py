# range and xrange: steps of both signs, empty, huge, shared, peeked, subclassed by shadowing.
from __future__ import print_function

try:
    ranges = [xrange, range]
except NameError:
    ranges = [range]


def total(r, *args):
    s = 0
    count = 0
    last = None
    for i in r(*args):
        s += i
        count += 1
        last = i
    return s, count, last


def shared(r, n):
    it = iter(r(n))
    out = 0
    for a in it:
        out += a
        for b in it:
            out -= b
            break
        try:
            out += next(it)
        except StopIteration:
            out += 1000000
    return out, list(it)


def early(r, start, stop, step, k):
    out = []
    for i in r(start, stop, step):
        out.append(i)
        if len(out) == k:
            break
    return out[0], out[-1], type(out[-1]).__name__


def rebinding(r, n):
    s = 0
    for i in r(n):
        i = i * 2
        s += i
        for i in r(i % 3):
            s += i
    return s, i


def reentered(r, n):
    values = r(n)
    s = 0
    for k in range(3):
        for i in values:
            s += i
    for i in reversed(values):
        s -= i
        break
    return s


for r in ranges:
    print(total(r, 5000), total(r, 10, 5000), total(r, 0, 50000, 7), total(r, 5000, 0, -1), total(r, 50000, -3, -11))
    print(total(r, 0), total(r, 5, 5), total(r, 5, 4), total(r, -5, 5, -1), total(r, -4000, 4000, 3))
    print(shared(r, 5000), shared(r, 5001), shared(r, 5002))
    print(rebinding(r, 3000), reentered(r, 2000))
    for k in range(600):
        x = total(r, k, -k, -3), shared(r, k)
    print(x)
big = ranges[0]
print(early(big, 9223372036854775807 - 6000, 9223372036854775807, 1, 5999))
print(early(big, 9223372036854775807 - 60000, 9223372036854775807, 11, 5000))
print(early(big, -9223372036854775807 + 60000, -9223372036854775807, -11, 5000))
print(early(big, (1 << 62) - 3000, (1 << 62) + 4000, 1, 6000))
print(early(big, (1 << 60) - 3000, (1 << 60) + 4000, 1, 6000))
print(early(big, (1 << 31) - 3000, (1 << 31) + 4000, 1, 6000))
for args in ((1 << 63, (1 << 63) + 6000), (0, 1 << 80, 1 << 66), (-(1 << 70), -(1 << 70) + 5000)):
    try:
        print(early(big, args[0], args[1], (args + (1,))[2], 4000))
    except OverflowError as e:
        print(e)


class Range(object):
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return iter([1.5, 2, 'x'][:self.n])


def shadowed(n):
    global range
    out = []
    for k in (1, 2):
        s = []
        for i in range(n):
            s.append(i)
        out.append((len(s), s[-1]))
        range = Range
        n = 2
    del range
    return out


for k in range(3):
    print(shadowed(5000))
