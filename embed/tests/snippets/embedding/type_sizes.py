# Types are as large as extension modules were told.
from __future__ import print_function
import sys
import types

for name in sorted(dir(types)):
    kind = getattr(types, name)
    if isinstance(kind, type):
        print(name, kind.__basicsize__, kind.__itemsize__)


def inner(x):
    def function():
        return x
    return function


for i in range(100):
    sizes = [sys.getsizeof(f.__code__) for f in (inner, inner(1))]
print(sizes)
