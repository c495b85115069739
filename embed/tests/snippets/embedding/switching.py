# enable() and disable() while loops and generators are hot.
from __future__ import print_function

try:
    import pyjion
    enable, disable = pyjion.enable, pyjion.disable
except ImportError:
    enable = disable = lambda: None


def loop(n, switch):
    total = 0
    for i in range(n):
        if i % 1000 == 500:
            switch()
        total += i & 7
    return total


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


print(loop(6000, disable))
print(loop(6000, enable))
numbers = count(8000)
total = 0
for number in numbers:
    total += number
    if number % 2000 == 0:
        disable()
    if number % 2000 == 1000:
        enable()
print(total)
enable()
print(loop(3000, lambda: None))
