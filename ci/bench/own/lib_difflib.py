"""difflib: deltas of two texts, and similar words."""
from _shared import checksum, text, times
import difflib

before = text("textwrap.py").splitlines(True)
after = [line.replace("self", "this") if i % 9 == 0 else line for i, line in enumerate(before) if i % 17]
total = 0
for _ in range(times(110)):
    total += len("".join(difflib.unified_diff(before, after)))
    total += len("".join(difflib.ndiff(before[:120], after[:120])))
    total += len(difflib.get_close_matches("wrapper", text("textwrap.py").split(), 5))
checksum(total)
