"""lib2to3: parsing, fixing and printing a module."""
from _shared import PY2, checksum, text, times
from lib2to3 import refactor

fixers = ["lib2to3.fixes.fix_" + name for name in ("dict", "except", "has_key", "map", "unicode", "raise")]
tool = refactor.RefactoringTool(fixers, {} if PY2 else {"print_function": True})
total = 0
for _ in range(times(46)):
    total += len(type(u"")(tool.refactor_string(text("sched.py"), "sched.py")))
checksum(total)
