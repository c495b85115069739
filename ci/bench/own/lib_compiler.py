"""The compiler package: Python in Python."""
# versions: 2.7
from _shared import checksum, text, times
import warnings
warnings.simplefilter("ignore")
import compiler

source = text("textwrap.py").encode("ascii", "replace")
total = 0
for _ in range(times(45)):
    total += len(compiler.compile(source, "textwrap.py", "exec").co_code)
checksum(total)
