# Sums that take more digits of 3.x than the ints they are of, where ways join and where loops end.
from __future__ import print_function

limit = (1 << 60) - 1

a, b, c, t = limit, limit, -limit, 0
total = 0
while t < 3000:
    t += 1
    if t & 1:
        a = b + limit
    else:
        a = b
    k = 0
    while k < 2:
        k += 1
        if k & 1:
            c = a + k
        total = (total ^ c) & limit
    if t % 3 == 0:
        b = c - limit - k
    else:
        c = -a - k
    total = (total + (c >> 3)) & limit
print(a, b, c, total)


def joined(n, start):
    x = start
    seen = 0
    for i in range(n):
        y = x + start
        if i & 1:
            y = start
            if i & 2:
                y = y - 1
        z = (y if i % 3 else x) + 2
        seen ^= z
        x = start if i % 5 else start - i
    return x, y, z, seen


def carried(n, start):
    x = y = start
    i = 0
    while i < n:
        i += 1
        j = 0
        while j < 2:
            j += 1
            x, y = y, start + j
        if i & 1:
            x = start + start
        y = x - start
    return x, y


for start in (5, limit, -limit, limit - 3000, (1 << 61), -(1 << 62)):
    for n in (3000, 7):
        print(start, joined(n, start), carried(n, start))

for start in (5, limit, -limit):
    # Still larger than 64 bits.
    x = start
    n = 0
    while n < 3000:
        n += 1
        if n & 1:
            x = x + start
        else:
            x = x - start + n
        if n % 1000 == 0:
            x = x * 8
    print(x)
