# Frames of code that is not hot pass the JIT, counted in advance: none is lost from the counts, and
# code becomes hot all the same, by calls, by a loop in one of these frames, or when it is asked for.
from __future__ import print_function

try:
    import pyjion
except ImportError:
    pyjion = None


def enabled():
    return pyjion is not None and pyjion.status()["enabled"]


def call(n):
    return n + 1


def generate(n):
    while n:
        yield n
        n -= 1


def loop(n):
    total = 0
    while n:
        total += n
        n -= 1
    return total


def late(n):
    return n * 2


def nested(n):
    return call(n) + loop(3)


def run_count(function):
    return pyjion.info(function)["run_count"] if enabled() else 0


# Not zero where the snippet is run again.
before_all = dict((function, run_count(function)) for function in (call, generate, loop, late, nested))


def runs(function, expected):
    if enabled():
        count = run_count(function) - before_all[function]
        assert count == expected, (function.__name__, count, expected)


total = 0
for turn in range(1, 1501):
    total += call(turn)
    if turn % 500 == 1:
        runs(call, turn)
runs(call, 1500)

total += sum(generate(700))
runs(generate, 701)

for turn in range(40):
    total += loop(turn)
total += loop(300000)
runs(loop, 41)

for turn in range(100):
    total += nested(turn)
runs(nested, 100)
runs(loop, 141)

for turn in range(20):
    total += late(turn)
before = None
if enabled():
    before = pyjion.get_threshold()
    pyjion.set_threshold(1)
for turn in range(20):
    total += late(turn)
runs(late, 40)
if before:
    pyjion.set_threshold(before)
    state = pyjion.info(late)
    assert state["compiled"] or state["state"] != "cold", state

count = 1600
while enabled() and pyjion.info(call)["state"] == "cold":
    for turn in range(1000):
        call(turn)
    count += 1000
    assert count < 5000000
runs(call, count)
if enabled():
    pyjion.disable()
    total += call(1)
    pyjion.enable()
    runs(call, count)
    total += call(1)
    runs(call, count + 1)
else:
    total += call(1) + call(1)
print(total)
