# Swap idioms, augmented assignments, nested comparisons and `is` in while loops of all forms.
from __future__ import print_function


def collatz(limit):
    best = (0, 0)
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n //= 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > best[1]:
            best = (start, steps)
    return best


def sieve(n):
    flags = [True] * n
    flags[0] = flags[1] = False
    i = 2
    while i * i < n:
        if flags[i]:
            j = i * i
            while j < n:
                flags[j] = False
                j += i
        i += 1
    return sum(flags)


def augmented(n):
    a, b, c, d, e, f, g, h = 1, 2, 3.0, 1 << 40, 5, 6, 7, []
    for i in range(1, n):
        a += i
        b -= i
        c *= 1.0001
        d //= 2
        d += i << 20
        e ^= i
        f |= i
        g &= ~i
        g += 1
        a %= 1000003
        h += [i] if i % 500 == 0 else []
        f >>= 1
        e <<= i & 1
        e &= 0xffff
        c /= 1.00005
    return a, b, c, d, e, f, g, h


def nones(n):
    x = None
    hits = [0, 0, 0]
    for i in range(n):
        if x is None:
            hits[0] += 1
        if x is not None and x > 5:
            hits[1] += 1
        if x is i:
            hits[2] += 1
        x = None if i % 3 else i & 15
    return hits


def infinite(n):
    i = 0
    while 1:
        i += 1
        if i >= n:
            break
    while True:
        i -= 1
        if not i:
            return i


def matrix(n):
    a = [[(i * j) % 7 * 0.5 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 5 for j in range(n)] for i in range(n)]
    c = [[0] * n for i in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return sum(map(sum, c)), c[0][0], c[n - 1][n - 1]


def flags(n):
    done = False
    count = 0
    i = 0
    while not done:
        i += 1
        done = i == n
        count += not done and i % 2 == 0 or 0
    return i, count


print(collatz(1000), sieve(10000))
print(augmented(5000))
print(nones(5000), infinite(5000), matrix(24), flags(5000))
for k in range(1, 600):
    r = nones(k % 7), infinite(k), flags(k)
print(r)
