# What a callee writes into the locals of a caller that runs, as debuggers do, is there when the call returns.
from __future__ import print_function
import ctypes
import sys

write_back = ctypes.pythonapi.PyFrame_LocalsToFast


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("released", self.name)

    def __repr__(self):
        return "Noisy(%s)" % self.name


def poke(depth=1, clear=0, **values):
    frame = sys._getframe(depth)
    frame.f_locals.update(values)
    write_back(ctypes.py_object(frame), ctypes.c_int(clear))
    return 1


def objects(value):
    x = Noisy("x")
    poke(x=value)
    filler = [Noisy.__name__ * 3 for i in range(3)]
    return x


def numbers(n):
    total = 0.0
    x = 1.5
    for i in range(n):
        x += 0.5
        if i == n - 2:
            # The operand was loaded before, and is not what is written.
            total += x + poke(x=100.0)
        total += x
    return total, x


def ints(n):
    k = 0
    seen = []
    while k < n:
        k += 1
        if k % 1000 == 500:
            poke(k=k + 400)
            seen.append(k)
    return k, seen


def removed(value):
    x = value
    y = x
    frame = sys._getframe()
    del frame.f_locals["x"]
    write_back(ctypes.py_object(frame), ctypes.c_int(1))
    try:
        return x
    except UnboundLocalError as error:
        return "unbound", y


def operands(x):
    return [x, x, poke(x="new"), x]


def from_below(x):
    def middle():
        return poke(depth=2, x=x + ["from below"])
    middle()
    return x


def recursive(n):
    x = n
    if n:
        recursive(n - 1)
        if n == 3:
            poke(x="written")
    return x


def many(n):
    return [recursive(i) for i in range(n)]


class Poker(object):
    def __del__(self):
        poke(depth=2, x=self.value)


def destroyed(value):
    x = Noisy("kept")
    victim = Poker()
    victim.value = value
    victim = None
    y = x
    x = None
    return y


def generator(n):
    x = 0
    for i in range(n):
        if i == 2:
            poke(x=50)
        x += 1
        yield x


def caught(value):
    x = value
    try:
        poke(x=[value])
        raise KeyError
    except KeyError:
        poke(x=[x])
    return x


def in_loop(n):
    x = Noisy("first")
    kept = []
    for i in range(n):
        if i % 7 == 3:
            poke(x="round %d" % i)
        kept.append(x)
        if i % 7 == 5:
            x = i
    return [str(one) for one in kept[-9:]]


for value in (5, "text", None, [1, 2]):
    print(objects(value))
for n in (10, 5000):
    print(numbers(n), ints(n))
for value in (1, "a", 2.5, []):
    print(removed(value), operands(value), caught(value))
print(from_below([]))
print(many(6))
print(list(generator(5)))
print(in_loop(20), in_loop(4000))
for i in range(3):
    print(destroyed("by a destructor") is not None)
