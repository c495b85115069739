"""pydoc: pages of modules, as text and as HTML."""
from _shared import PY2, checksum, times
import difflib
import pydoc
import textwrap

total = 0
for _ in range(times(25)):
    for module in (textwrap, difflib):
        total += len(pydoc.plain(pydoc.text.document(module)).split("FILE")[0])
        total += pydoc.html.document(module).count("<")
checksum(total)
