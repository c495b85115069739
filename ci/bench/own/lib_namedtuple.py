"""collections.namedtuple: making classes, then using one."""
from _shared import checksum, times
import collections

total = 0
for i in range(times(1800)):
    record = collections.namedtuple("Record%d" % (i % 7), "first second third fourth")
    total += len(record(1, 2, 3, 4)._asdict())
Point = collections.namedtuple("Point", "x y z")
for i in range(times(260000)):
    point = Point(i, 2, 3)._replace(z=i)
    total += point.x + point.y * point.z
checksum(total)
