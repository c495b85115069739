"""tokenize over large modules."""
from _shared import PY2, checksum, text, times
import io
import tokenize

total = 0
for _ in range(times(11)):
    for name in ("difflib.py", "doctest.py", "pydoc.py"):
        if PY2:
            tokens = tokenize.generate_tokens(io.StringIO(text(name)).readline)
        else:
            tokens = tokenize.tokenize(io.BytesIO(text(name).encode("utf-8")).readline)
        for token in tokens:
            total += len(token[1]) + token[0]
checksum(total)
