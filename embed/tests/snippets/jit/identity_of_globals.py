# Globals that a loop at module level changes and changes back are bound to new objects, others to the old ones.
from __future__ import print_function

N = 3000


def look():
    return a is first, b is second, f is third, a == first, b == second, f == third


class Looker(object):
    def __add__(self, other):
        seen.add(look())
        return other


a = first = 100000
b = second = 200000
f = third = 2.5
results = []
seen = set()

# Changed and changed back within a turn.
i = 0
while i < N:
    a += 1
    a -= 1
    i += 1
results.append(look())

# Changed on some turns only, the last time to what it was first.
a = first
i = 0
while i < N:
    if i & 1:
        b += 1
    elif i:
        b -= 1
    i += 1
b -= 1
results.append(look())

# Changed on one turn, and back on another; or almost.
for turns in ((N - 10, N - 5), (3, 7), (N - 5, N + 5), (N + 3, N + 3)):
    a, b, f = first, second, third
    up, down = turns
    i = 0
    while i < N:
        if i == up:
            a += 1
            f *= 2.0
        if i == down:
            a -= 1
            f /= 2.0
        i += 1
    results.append((turns, look()))

# Changed on every third turn, and back on the next.
for attempt in range(3):
    a, b, f = first, second, third
    i = 0
    while i < N:
        k = i % 3
        if k == attempt:
            a += 1
            f *= 2.0
        elif k == 2 - attempt // 2:
            a -= 1
            f /= 2.0
        i += 1
    results.append((attempt, look()))

# Never changed, or only on a path that is not taken.
a, b, f = first, second, third
i = 0
while i < N:
    if i > N:
        a += 1
        f += 1.0
    i += 1
results.append(look())

# Left in the middle: what was changed back then is new, what was not is old.
for stop in (N - 1, N - 2, N // 2, 0):
    a, b, f = first, second, third
    i = 0
    while 1:
        if i == stop:
            break
        a += 1
        a -= 1
        if i > stop // 2:
            f *= 2.0
            f *= 0.5
        i += 1
    results.append((stop, look()))

# Seen from a call in the loop.
looker = Looker()
a, b, f = first, second, third
i = 0
while i < N:
    if i % 500 == 250:
        looker + 1
    if i > 1000:
        a += 1
        a -= 1
    i += 1
results.append(sorted(seen))

# Exchanged, copied and put back.
a, b, f = first, second, third
i = 0
while i < N:
    a, b = b, a
    i += 1
results.append((look(), a is second, b is first))
i = 0
while i < N:
    c = a
    a = b
    b = c
    i += 1
results.append((look(), a is second, b is first, c is b))
holder = [None]
odd = 0
a, b, f = first, second, third
i = 0
while i < N:
    holder[0] = a
    a, b, i = b + 1, a, i + 1
    if b is not holder[0]:
        odd += 1
results.append((odd, b is holder[0], a is b))

# An exception ends the loop.
a, b, f = first, second, third
i = 0
try:
    while 1:
        a += 1
        a -= 1
        i += 1
        f = f / (N - i)
        f = f * (N - i)
except ZeroDivisionError:
    results.append((i, look()[:2], look()[3:5]))

for result in results:
    print(result)
