"""collections.Counter and defaultdict over words."""
from _shared import checksum, text, times
import collections

words = text("difflib.py").split()
total = 0
for _ in range(times(140)):
    counter = collections.Counter(words)
    counter.update(words[:500])
    total += counter.most_common(3)[0][1] + len(counter + counter) + len(counter & collections.Counter(words[:100]))
    groups = collections.defaultdict(list)
    for word in words:
        groups[len(word)].append(word)
    total += len(groups)
checksum(total)
