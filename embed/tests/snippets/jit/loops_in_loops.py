# Loops in loops: what the inner one binds may be unbound where it begins, and behind it.
from __future__ import print_function
import sys

ROUNDS = 600


def sums(rows):
    total = 0
    for row in rows:
        for item in range(row):
            total += item * 2
    return total, item


def emptied(rows):
    seen = []
    for row in rows:
        for item in range(row):
            last = item + 1
        try:
            seen.append((item, last))
        except UnboundLocalError as error:
            seen.append(str(error).split("'")[1])
        if row == 3:
            del item
    return seen


def deleted(rows):
    out = 0
    for row in rows:
        for item in range(row):
            if item == 2:
                del item
            elif item > 3:
                item = 'text'
            else:
                out += item
        out += 'item' in locals()
    return out


def deeper(n):
    total = 0
    for a in range(n):
        b = 0
        while b < a:
            for c in range(b, a):
                d = c * 0.5
                for e in range(2):
                    total += d + e
                if d > 4:
                    break
            else:
                d = None
            b += 1
    return total, a, b, c, d, e


def looked_at(n):
    out = []
    for a in range(n):
        for b in range(a):
            if b == a - 1:
                out.append(sorted(sys._getframe().f_locals.items(), key=str)[:3])
    return out[-1]


def kept(rows):
    objects = []
    for row in rows:
        for number in range(row, row + 3):
            big = number * 100003
            objects.append(big)
        objects.append(big)
    return all(objects[k] is objects[k - 1] for k in range(3, len(objects), 4)), len(objects)


def given(n):
    for a in range(n):
        for b in range(a):
            yield a, b
        yield b if a else None


def caught(rows):
    count = 0
    for row in rows:
        for item in range(5):
            try:
                share = 10 // (item - row)
            except ZeroDivisionError:
                count += 1
                continue
            count += share
        else:
            try:
                count += share
            finally:
                count += 1
    return count, item, share


for _ in range(ROUNDS):
    result = sums([3, 0, 5]), sums([0, 2]), emptied([0, 2, 3, 0, 1]), deleted([0, 3, 5, 0]), deeper(6)
    result += looked_at(4), kept([1, 1000]), list(given(3)), caught([9, 2, 0])
print(result)
try:
    print(sums([0, 0]))
except UnboundLocalError as error:
    print(error)
print(deeper(40), sums([1 << 16, 0, 2]), caught(range(2000)))
big = 1 << 62
print(kept([big - 1, big, -big, 0]))
