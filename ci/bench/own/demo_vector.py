"""The vectors of CPython's demos."""
# versions: 3.4 3.5
from _shared import checksum, program, times

Vec = program("Tools", "demo", "vector.py").Vec
total = Vec(0, 0, 0)
for i in range(times(140000)):
    total = total + Vec(1, 2, i) * 3 - Vec(i, 1, 1)
checksum(repr(total))
