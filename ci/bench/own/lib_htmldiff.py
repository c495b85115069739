"""difflib.HtmlDiff: a table of two texts."""
from _shared import checksum, text, times
import difflib

before = text("textwrap.py").splitlines()[:260]
after = [line.replace("self", "this") if i % 9 == 0 else line for i, line in enumerate(before) if i % 17]
total = 0
for _ in range(times(160)):
    total += len(difflib.HtmlDiff(wrapcolumn=60).make_file(before, after, "before", "after"))
checksum(total)
