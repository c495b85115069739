# Lists that change while they are iterated and indexed; indices out of range.
from __future__ import print_function


def grow(n):
    items = [0]
    total = 0
    for x in items:
        total += x
        if len(items) < n:
            items.append(x + 1)
    return total, len(items)


def shrink(n):
    items = list(range(n))
    seen = 0
    for x in items:
        seen += 1
        items.pop()
    return seen, len(items)


def remove(n):
    items = list(range(n))
    for x in items:
        if x % 2 == 0:
            items.remove(x)
    return len(items), items[-3:]


def clear(n):
    items = list(range(n))
    seen = 0
    for x in items:
        seen += x
        if x == n // 2:
            del items[:]
    return seen, items


def replaced(n):
    items = [0] * n
    total = 0
    for i, x in enumerate(items):
        if x == 0 and i + 1 < n:
            items[i + 1] = i % 7
        total += x
    return total


def exhausted(n):
    items = list(range(n))
    it = iter(items)
    total = 0
    for x in it:
        total += x
    items.append(1000000)
    for x in it:
        total += x
    return total, list(it)


def indices(n):
    items = [1, 2, 3, 4, 5]
    total = 0
    errors = 0
    for i in range(n):
        try:
            total += items[i % 15 - 7]
        except IndexError as e:
            errors += 1
            last = str(e)
        try:
            items[i % 15 - 7] = i
        except IndexError as e:
            errors += 1
            last2 = str(e)
        total += items[-1] - items[-5] + items[True]
    return total, errors, last, last2, items


def tuple_indices(n):
    items = (1, 2, 3)
    total = 0
    bad = []
    for i in range(n):
        k = i % 3 - 3 if i < n - 4 else i
        try:
            total += items[k]
        except IndexError as e:
            bad.append(str(e))
    return total, bad


def huge_index(n):
    items = [1, 2]
    bad = []
    for i in range(n):
        k = 1 if i < n - 3 else (1 << (62 + (i & 3)))
        try:
            items[k]
            items[-k]
        except IndexError as e:
            bad.append(str(e))
    return bad


def two_at_once(n):
    items = list(range(n))
    pairs = 0
    it = iter(items)
    for a in it:
        for b in it:
            pairs += a * b
            if b % 3 == 0:
                break
    return pairs


def swap(n):
    items = list(range(n))
    i, j = 0, n - 1
    while i < j:
        items[i], items[j] = items[j], items[i]
        i += 1
        j -= 1
    return items[:3], items[-3:]


def bubble(items):
    n = len(items)
    for i in range(n):
        for j in range(n - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items


print(grow(5000), shrink(5000), remove(5000), clear(5000), replaced(5000), exhausted(5000))
print(indices(6000))
print(tuple_indices(5000))
print(huge_index(5000))
print(two_at_once(5000), swap(6001))
print(bubble([(k * 7919) % 101 for k in range(100)])[::9])
print(bubble(['abc', 'b', 'aa', 'a'] * 5)[::3])
