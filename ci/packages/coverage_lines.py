"""The lines and branches that coverage reports of a module whose functions are hot before, or become so meanwhile."""
from __future__ import print_function
import os
import subprocess
import sys

MODULE = '''
def branches(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            total += i
        elif i > 10 ** 6:
            total = -1
        else:
            continue
        if total < 0:
            break
    else:
        total += 1
    return total


def handlers(values):
    seen = []
    for value in values:
        try:
            seen.append(10 // value)
        except ZeroDivisionError:
            seen.append(None)
        except TypeError:
            raise
        finally:
            value = 0
    return seen


def generate(n):
    for i in range(n):
        got = yield i
        if got:
            yield -i
    if n > 10 ** 6:
        yield None


class Shape(object):
    def __init__(self, side):
        self.side = side

    def area(self):
        if self.side < 0:
            return 0
        return self.side * self.side

    def never(self):
        return self.area()


def closures(n):
    def inner(x):
        if x > n:
            return x
        return n
    return sum([inner(i) for i in range(n)]), sorted(range(5), key=lambda x: -x)


def step(x):
    if x > 29995:
        return x
    return 0


def loop(n, at, callback):
    total = 0
    i = 0
    while i < n:
        if i == at:
            callback()
        if i & 1:
            total += step(i)
        else:
            total -= 1
        i += 1
    return total


def work():
    out = [branches(50), handlers([1, 0, 2]), list(generate(5)), Shape(3).area(), closures(6)]
    generator = generate(3)
    next(generator)
    out.append(generator.send(1))
    return out


def warm(rounds):
    for _ in range(rounds):
        work()
    loop(20000, -1, None)


if __name__ == "__main__":
    warm(1500)
    print(work())
'''

with open("measured.py", "w") as file:
    file.write(MODULE.lstrip("\n"))
sys.path.insert(0, os.getcwd())

import coverage
import measured


def report(what, cov):
    path, statements, excluded, missing, text = cov.analysis2(measured)
    print(what, "statements", statements)
    print(what, "missing", text)
    arcs = cov.get_data().arcs(path)
    print(what, "arcs", sorted(arcs) if arcs else arcs)


def measured_by(**options):
    return coverage.Coverage(data_file="data", include=["*measured.py"], config_file=False, **options)


for name, options in [("c", {}), ("branch", {"branch": True}), ("timid", {"branch": True, "timid": True})]:
    measured.warm(1500)
    cov = measured_by(**options)
    cov.start()
    result = measured.work()
    cov.stop()
    print(name, result)
    report(name, cov)

    # Begun, and ended, by what a hot loop calls.
    cov = measured_by(**options)
    print(name, measured.loop(30000, 29990, cov.start))
    cov.stop()
    report(name + " from the middle", cov)
    cov = measured_by(**options)
    cov.start()
    print(name, measured.loop(30000, 20, cov.stop))
    report(name + " to the middle", cov)

for arguments in (["run", "--branch", "measured.py"], ["report", "-m"]):
    command = [sys.executable, "-m", "coverage"] + arguments
    print(subprocess.check_output(command).decode("ascii"))
