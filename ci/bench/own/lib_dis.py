"""dis: disassembling every function of some modules."""
from _shared import Sink, checksum, times
import difflib
import dis
import inspect
import sys
import textwrap

real, sys.stdout = sys.stdout, Sink()
for _ in range(times(6)):
    for module in (difflib, textwrap, dis, inspect):
        for name in sorted(vars(module)):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                dis.dis(value)
sys.stdout = real
checksum("done")
