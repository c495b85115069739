"""The queens of CPython's demos, on a board of 8."""
from _shared import PY2, checksum, program, times

queens = program(*(("Demo", "scripts", "queens.py") if PY2 else ("Tools", "demo", "queens.py")))
found = 0
for _ in range(times(330)):
    solver = queens.Queens(8)
    solver.silent = 1
    solver.solve()
    found += solver.nfound
checksum(found)
