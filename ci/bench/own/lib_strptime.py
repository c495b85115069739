"""time.strptime: its regular expressions and calculations are in Python."""
from _shared import checksum, times
import time

total = 0
for i in range(times(89000)):
    total += time.strptime("%04d-%02d-%02d %02d:00:01" % (2000 + i % 30, i % 12 + 1, i % 28 + 1, i % 24),
                           "%Y-%m-%d %H:%M:%S").tm_yday
checksum(total)
