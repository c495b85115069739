# Operations that hand back an operand, or that make an object of which there is one already, under hot loops.
from __future__ import print_function
import operator


def bits(*truths):
    n = 0
    for t in truths:
        n = n * 2 + (1 if t else 0)
    return n


def ints(values, counts, moduli):
    out = []
    for x in values:
        for c in counts:
            y = x << c
            z = x >> c
            w = (x << c) & 255
            v = 1000 >> c
            out.append(bits(y is x, z is x, z is y, x << c is x, w is x, v is 1000))
        for m in moduli:
            r = x % m
            s = (x + 1) % m
            q = x // m
            out.append(bits(r is x, s is x, q is x, r is 1, r is 0, s is 3, q is 0, r == x, r is s))
    return out


def constants(n):
    out = [0] * 16
    for i in range(n, 2 * n):
        x = i * 3
        y = x
        tests = (x << 0 is x, x >> 0 is x, x << 0 is y, x + 0 is x, x - 0 is x, x * 1 is x, x // 1 is x, x | 0 is x,
                 x ^ 0 is x, x & -1 is x, x ** 1 is x, x % 1000000007 is x, +x is x, ~~x is x, --x is x, x and y is x)
        for k, t in enumerate(tests):
            if t:
                out[k] += 1
    return out


def computed(n):
    # Operands that nobody else has, results that are stored, returned, compared.
    kept = [0] * 8
    for i in range(n, 2 * n):
        a = (i * 7) >> (i & 1)
        b = a >> (i & 3)
        c = (i * 5) % 100003
        d = c % 100003
        e = b << 0
        kept[i & 7] = e
        if b is a: kept[0] = i
        if d is c: kept[1] = i
        if e is b: kept[2] = i
        if kept[i & 7] is e: kept[3] = i
        if kept[i & 7] is a: kept[4] = i
    return kept


def small_of_large(n, big):
    out = []
    for i in range(n):
        x = big + i % 5 - 2
        y = x - big
        z = -big + x
        w = big - x
        out.append(bits(y is 1, y is 0, y is -1, z is 2, w is -2, x - big is 1, x % big is 1, x % big is 0, y == 1))
        if y is 2:
            out.append("two")
    return out[:12], len(out)


def operand(a, b):
    return a << b, a >> b, a % 100000, a - b


class Reflected(object):
    def __rand__(self, other):
        return "rand", other is Reflected.expected

    def __radd__(self, other):
        return "radd", other is Reflected.expected


def handed_on(x, count, other):
    Reflected.expected = x
    return (x >> count) & other, (x << count) + other, (x % 1000003) + other


def fresh(f, *args):
    result = None
    for i in range(3):
        result = f(*args)
    return result


big = [1 << 20, 10 ** 6, 123456, 257, 256, 255, 0, -1, -5, -6, -1000, 1 << 40, -(1 << 45), (1 << 30) - 1, (1 << 30) + 1]
big = [int(str(b)) for b in big]
for n in range(300):
    result = ints(big, (0, 1, 3), (7, 257, 258, 1000, -1000, 1000003, 1 << 31, 1 << 40, -(1 << 40)))
print(result)
print(constants(20000))
print(computed(20000))
for n in range(3):
    print(small_of_large(3000, int(str(1 << 40))), small_of_large(3000, int(str(1 << 29))))

x = int(str(10 ** 5))
for n in range(5000):
    r = operand(x, 0), operand(x, 1), operand(5, 0)
print([[v is x for v in t] for t in r])
for n in range(5000):
    handed_on(x, 0, 3), handed_on(x, 1, 3)
print(handed_on(x, 0, Reflected()), handed_on(x, 1, Reflected()), handed_on(x, 0, 7), handed_on(5, 0, Reflected()))

# Objects of other kinds.


def others(s, u, t, l, f, c, n):
    out = None
    for i in range(n):
        zero = i * 0
        out = bits(
            s[:] is s, s[0:] is s, s[zero:] is s, s + "" is s, "" + s is s, s * 1 is s, str(s) is s, s[0] is s[0],
            u[:] is u, u + u"" is u, u * 1 is u, t[:] is t, t[0:] is t, t * 1 is t, t + () is t, tuple(t) is t,
            l[:] is l, l * 1 is l, list(l) is l, +f is f, f * 1.0 is f, f + 0 is f, float(f) is f, abs(f) is f,
            f ** 1 is f, f // 1 is f, c * 1 is c, complex(c) is c, int(i) is i, abs(i) is i, (i or f) is f, s % () is s,
            (t and s) is s, "%s" % s is s, (l or s) is l, not s is s, () is t[0:0], "" is s[0:0], bool(i) is True)
    return out


for n in range(3):
    print(others("text of some length", u"text of some length", (1, 2, 3), [1], 1.5, 2j, 4000))


def floats(n):
    same = 0
    for i in range(n):
        x = i * 0.5
        y = x
        same += bits(x + 0.0 is x, x * 1.0 is x, -(-x) is x, x % 1e9 is x, x / 1.0 is x, y is x, x - 0 is x) & 127
    return same


print(floats(5000))


def stepping(n):
    # Shifts that begin with nothing, as loops over bits do.
    total = kept = 0
    for x in range(n, n + 300):
        for i in range(12):
            if x >> i & 1:
                total += 1
            y = x >> i
            if y is x:
                kept += 1
    return total, kept


print(stepping(1000), stepping(100))
