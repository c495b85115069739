"""The unparser of CPython's demos, over modules of the library."""
from _shared import PY2, Sink, checksum, program, text, times
import sys
import ast

unparse = program(*(("Demo", "parser", "unparse.py") if PY2 else ("Tools", "parser", "unparse.py")))
sink = Sink()
for _ in range(times(19)):
    for name in ("difflib.py", "doctest.py", "inspect.py"):
        source = "\n".join(line for line in text(name).split("\n") if "coding:" not in line)
        unparse.Unparser(ast.parse(source), sink)
checksum(sink.sum)
