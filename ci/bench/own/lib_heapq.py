"""heapq without its accelerator."""
from _shared import checksum, times, without

without("_heapq")
import heapq
import random

chooser = random.Random(3)
total = 0
for _ in range(times(21)):
    heap = [chooser.random() for _ in range(6000)]
    heapq.heapify(heap)
    for _ in range(2000):
        heapq.heappush(heap, heapq.heappop(heap) + 1.0)
    total += sum(1 for value in heapq.merge(sorted(heap[:1000]), sorted(heap[1000:2000])) if value > 0.5)
    total += len(heapq.nsmallest(30, heap)) + len(heapq.nlargest(30, heap))
    while heap:
        heapq.heappop(heap)
checksum(total)
