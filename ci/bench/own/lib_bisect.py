"""bisect without its accelerator."""
from _shared import checksum, times, without
import random

without("_bisect")
import bisect

chooser = random.Random(3)
places = []
for _ in range(2000):
    bisect.insort(places, int(chooser.random() * 1000000))
total = 0
for _ in range(times(340000)):
    value = int(chooser.random() * 1000000)
    total += bisect.bisect_left(places, value) - bisect.bisect(places, value + 500)
checksum(total)
