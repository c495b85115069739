"""shlex and fnmatch."""
from _shared import checksum, text, times
import fnmatch
import shlex

lines = [line.replace("'", "").replace('"', "") for line in text("textwrap.py").splitlines()]
total = 0
for _ in range(times(29)):
    for line in lines:
        total += len(shlex.split("command '%s' \"two words\" --option=value" % line.strip("\\")))
    total += len(fnmatch.filter(lines, "*[a-f]?x*"))
checksum(total)
