# Loops over numbers: what is unbound, or of another kind, in the first turn alone.
from __future__ import print_function
import sys

ROUNDS = 700


def mean(floats):
    total = 0
    for x in floats:
        y = x * 2.0
        total += y
    return total, x, y


def least(numbers):
    best = None
    for number in numbers:
        square = number * number
        if best is None or square < best:
            best = square
    return best, square


def emptied(numbers):
    try:
        for number in numbers:
            last = number + 1
        return number, last
    except UnboundLocalError as error:
        return str(error).split("'")[1]


def broken(numbers, limit):
    total = 0
    for number in numbers:
        total = total + number * 0.5
        if number == limit:
            break
        rest = total - number
    else:
        return total, rest
    try:
        return total, number, rest
    except UnboundLocalError:
        return total, number


def deleted(numbers):
    count = 0
    for number in numbers:
        if count:
            del half
        half = number / 2.0
        count += 1
        if count == 3:
            del half
            half = count * 2
    return half, count


def spans(start, stop):
    total = 0
    while start < stop:
        width = start + 1
        total += width * 1.5
        start += 1
    return total, width


def caught(numbers):
    total = 0
    for number in numbers:
        try:
            share = 100 // number
            total += share
        except ZeroDivisionError:
            total -= 1
            continue
        finally:
            total += 1
    return total, share


def looked_at(numbers):
    seen = []
    total = 0
    for number in numbers:
        seen.append(len(sys._getframe().f_locals))
        half = number * 0.5
        total += half
        seen.append(sorted(name for name in locals() if name in ('half', 'number')))
    return seen[:4], seen[-1], total


def same(numbers):
    objects = []
    for number in numbers:
        big = number * 100003
        objects.append(big)
        kept = big
        objects.append(kept)
    return all(objects[k] is objects[k + 1] for k in range(0, len(objects), 2)), kept is objects[-1]


def given(numbers):
    total = 0
    for number in numbers:
        half = number * 0.5
        total += half
        got = yield total
        if got:
            half = got
    yield half


def turned(things):
    total = 0
    for thing in things:
        last = thing + thing
        total += len(last) if isinstance(last, str) else last * 2
    return total, last


class Release(object):
    dropped = 0

    def __del__(self):
        Release.dropped += 1


def released(numbers):
    held = Release()
    for number in numbers:
        held = number * 2.0
        if number == 0:
            first = Release.dropped
        total = held + number
    return first, total


for _ in range(ROUNDS):
    before = Release.dropped
    result = mean([1.5, 2.5, 0.0]), least([3, 5, 2]), emptied([]), emptied([4, 5]), broken([1, 2, 3], 2)
    result += broken([1, 2], 1), broken([1, 2], 9), deleted([1, 2]), deleted([1, 2, 3, 4]), spans(0, 4)
    result += caught([0, 5, 0, 7]), looked_at([1, 2, 3]), same([1, 20000]), list(given([2, 4]))
    result += turned([1, 2, 3]), released(range(3))[0] - before
print(result)
print(mean([1, 2.5, True]), least([2 ** 40, -(2 ** 41), 1.5]), turned(['a', 'bc']), turned([1, 'x', 2.5]))
for wrong in mean, least, spans, caught, deleted:
    try:
        print(wrong(*([0, 0] if wrong is spans else [[]])))
    except UnboundLocalError as error:
        print(wrong.__name__, error)
print(mean([0.5] * 50000), spans(0, 30000), least(range(-20000, 20000)), Release.dropped)


def mixed(turns):
    t = 1
    for turn in range(turns):
        best = place = 0.5
        for j in range(4):
            for i in range(8):
                if (i * 7 + j * 3 + turn * 2) % 2 == 1:
                    best = i + j
                    continue
                if best != place:
                    t = 0
    return t, best


def limits(start, steps, other):
    out = 0
    best = start
    for _ in range(steps):
        if best < other:
            out += 1
        best = best * 2 + 1
    return out, best


for _ in range(300):
    result = mixed(3), limits(1, 12, 99.5), limits(1, 12, 99)
print(result)
print(mixed(2), [limits(1, 62, float(1 << n)) for n in (52, 53, 54, 60, 61, 62, 63, 70)])
print([limits((1 << n) - 2, 3, float((1 << n) + 1)) for n in (52, 53, 54, 58)], limits(-5, 63, -1e300))
