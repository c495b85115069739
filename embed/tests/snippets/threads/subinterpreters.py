# Code runs hot in sub-interpreters, whose end takes nothing away from the main one.
from __future__ import print_function
import sys
try:
    from _testcapi import run_in_subinterp
except ImportError:
    run_in_subinterp = None
import _testcapi

CODE = """
import sys
def hot(n):
    total = 0
    for i in range(n):
        total += i % 7
    return total
def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)
class Thing(object):
    x = 1
    def method(self):
        return self.x
thing = Thing()
def generate(n):
    for i in range(n):
        yield thing.method() + i
total = 0
for i in range(30000):
    total += i
print(hot(30000), recursive(12), sum(generate(30000)), total)
sys.stdout.flush()
"""


def hot(n):
    total = 0
    for i in range(n):
        total += i % 7
        if i == n - 10:
            sys.stdout.flush()
            if run_in_subinterp is not None:
                total += run_in_subinterp(CODE)
    return total


for attempt in range(4):
    print(hot(30000))
