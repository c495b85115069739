"""statistics: means and deviations."""
# versions: 3.4 3.5
from _shared import checksum, times
import statistics

data = [(i * 7919) % 1009 / 8 for i in range(600)]
total = 0.0
for _ in range(times(270)):
    total += statistics.mean(data) + statistics.stdev(data) + statistics.median(data) + statistics.pvariance(data)
checksum("%.6f" % total)
