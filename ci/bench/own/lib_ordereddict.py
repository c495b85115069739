"""collections.OrderedDict in Python."""
from _shared import checksum, times
import sys
if sys.version_info >= (3, 5):
    from test.support import import_fresh_module
    collections = import_fresh_module("collections", blocked=["_collections"])
else:
    import collections

total = 0
for _ in range(times(840)):
    table = collections.OrderedDict()
    for i in range(600):
        table[i * 7 % 601] = i
    for i in range(0, 600, 3):
        table.pop(i, None)
    total += sum(table) + len(table) + sum(table.values()) + (table == table.copy())
checksum(total)
