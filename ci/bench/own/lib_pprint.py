"""pprint of nested data."""
from _shared import checksum, times
import pprint

document = {"key%d" % i: [list(range(i % 20)), {"x": (i, str(i)), "name": "x" * i}] for i in range(60)}
total = 0
for width in range(60, 60 + times(170)):
    total += len(pprint.pformat(document, width=width))
checksum(total)
