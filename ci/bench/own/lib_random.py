"""random: distributions, shuffles and samples."""
from _shared import checksum, times
import random

chooser = random.Random(11)
total = 0.0
numbers = list(range(300))
for _ in range(times(150000)):
    total += chooser.gauss(0, 1) + chooser.expovariate(2) + chooser.normalvariate(3, 1) + chooser.betavariate(1, 2)
    total += chooser.randrange(1000) + chooser.randint(1, 6) + chooser.choice(numbers) + chooser.uniform(1, 2)
for _ in range(times(1800)):
    chooser.shuffle(numbers)
    total += sum(chooser.sample(numbers, 20))
checksum("%.6f" % total)
