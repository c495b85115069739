"""textwrap: filling paragraphs."""
from _shared import checksum, text, times
import textwrap

total = 0
paragraphs = text("difflib.py").split("\n\n")
for width in range(40, 40 + times(25)):
    for paragraph in paragraphs:
        total += len(textwrap.fill(paragraph, width)) + len(textwrap.dedent(paragraph))
checksum(total)
