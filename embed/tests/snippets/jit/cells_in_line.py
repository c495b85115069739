# What cells hold, looked at in line: rebound by others meanwhile, unbound, in loops, and released.
from __future__ import print_function
import sys

ROUNDS = 600


def summed(n):
    factor = n * 3

    def inner():
        total = 0
        for k in range(n):
            total += k * factor + factor
        return total
    return inner() + factor + factor


def rebinding(n):
    state = [1]

    def swap():
        state[0] += 1
        return state

    out = []
    for k in range(n):
        out.append(state[0] + len(state))
        swap()
        out.append(state[0])
        if k == 1:
            state = [100, 200]
    return out, swap()


class Noisy(object):
    def __init__(self, name, log):
        self.name, self.log = name, log

    def __del__(self):
        self.log.append(self.name)


def released(log):
    held = Noisy('first', log)
    peek = lambda: held.name
    names = [held.name, peek()]
    kept = held
    held = Noisy('second', log)
    names += [peek(), held.name, kept.name]
    del kept
    names.append(len(log))
    held = None
    return names, list(log)


def unbound(when):
    def inner():
        return value
    out = []
    for k in range(3):
        try:
            out.append(value + inner())
        except NameError as error:
            out.append(str(error))
        if k == when:
            value = k
    return out


def squares(rows):
    offset = len(rows)
    return [[cell * offset + row[0] for cell in row] for row in rows if offset > 1]


def mixed(start, n):
    number = start
    add = lambda by: number + by
    total = number
    for k in range(n):
        total = total + number + add(k)
    return total


def generated(n):
    limit = n

    def items():
        for k in range(limit * 2):
            if k < limit:
                yield k, limit
    for item in items():
        limit -= item[0] == 2
        yield item + (limit,)


for _ in range(ROUNDS):
    log = []
    result = summed(5), rebinding(3), released(log), unbound(9), unbound(0)
    result += squares([[1, 2], [3]]), mixed(7, 4), list(generated(6))
print(result)
print(mixed(2.5, 3), mixed(1 << 70, 2), mixed('a', 0))
try:
    mixed('a', 2)
except TypeError as error:
    print(type(error).__name__, sys.exc_info()[2].tb_next.tb_lineno)
print(summed(300), unbound(1), unbound(2))
