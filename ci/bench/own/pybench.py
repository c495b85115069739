"""Every test of CPython's own pybench, a few rounds each."""
from _shared import PY2, SOURCE, checksum, program, times
import os
import sys

if sys.version_info < (3, 3):
    import time
    clock = time.clock
sys.path.insert(0, os.path.join(SOURCE, "Tools", "pybench"))
pybench = program("Tools", "pybench", "pybench.py")
setup = program("Tools", "pybench", "Setup.py")
only = os.environ.get("PYJION_BENCH_ONLY", "")
done = []
for name in sorted(vars(setup)):
    test = getattr(setup, name)
    if getattr(test, "is_a_test", 0) and name.startswith(only):
        instance = test(warp=20, calibration_runs=1)
        instance.rounds = times(instance.rounds)
        instance.test()
        done.append(name)
checksum(len(done))
