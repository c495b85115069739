"""Arrays that numpy allocates for an expression, whose temporaries it reuses where Python alone calls it, and what code
that runs native computes with arrays that large."""
from __future__ import print_function
import os
import subprocess
import sys

PROGRAM = '''
from __future__ import print_function
import resource
import sys
import numpy as np

n = 65536
a, b, c, d = np.ones(n), np.ones(n), np.ones(n), np.ones(n)


def interpreted(a, b, c, d, times):
    for i in range(times):
        r = a + b + c + d + a
    return r


def native(a, b, times):
    for i in range(times):
        x = a + b
        y = x + a
        z = (x + y) * (y - x) + x
        x += z
    return [float(v.sum()) for v in (a, b, x, y, z)]


def allocated():
    """Arrays for each of the expressions, by the pages that are touched first."""
    interpreted(a, b, c, d, 5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    interpreted(a, b, c, d, 20)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20.0 / (n * 8 / 4096.0)


print("%.1f" % allocated())
for times in (1, 3, 200):
    print(native(a, b, times))
print("%.1f" % allocated())
'''

environment = dict(os.environ, PYJION_ONLY="native", PYJION_BACKGROUND="0", MALLOC_MMAP_THRESHOLD_="131072")
print(subprocess.check_output([sys.executable, "-c", PROGRAM], env=environment).decode("ascii"))
