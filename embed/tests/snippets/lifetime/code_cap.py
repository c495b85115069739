# However many functions are hot at once, machine code stays within the cap, and all of them work.
from __future__ import print_function
import os
import subprocess
import sys

SOURCE = """
def function%d(n):
    total = 0
    for i in range(n):
        total += i ^ %d
        if total & 1:
            total = (total >> 1) + (i << 2) - (i %% 7)
        elif total & 2:
            total = total // 3 + i * 5
        else:
            total ^= i | 64
    return total
"""
CAP_KIB = 64
# Memory is mapped in pieces of this size.
PIECE_KIB = 256


def code_memory():
    size = 0
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            if len(fields) == 5 and "x" in fields[1]:
                start, end = fields[0].split("-")
                size += int(end, 16) - int(start, 16)
    return size // 1024


def child():
    functions = []
    space = {}
    for number in range(150):
        exec(SOURCE % (number, number), space)
        functions.append(space["function%d" % number])
    most = total = 0
    for turn in range(2):
        for function in functions:
            total += function(20000)
            most = max(most, code_memory())
    print(total, "code within the cap" if most <= PIECE_KIB else "%d KiB of code" % most)


if len(sys.argv) > 1:
    child()
else:
    environment = dict(os.environ, PYJION_MAX_CODE="%dK" % CAP_KIB)
    sys.stdout.flush()
    print(subprocess.call([sys.executable, os.path.abspath(__file__), "child"], env=environment))
