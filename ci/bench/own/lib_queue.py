"""Queue and threading: two threads and what passes between them."""
try:
    import Queue as queue
except ImportError:
    import queue
from _shared import checksum, times
import threading

work, results = queue.Queue(), queue.Queue()


def serve():
    while True:
        item = work.get()
        if item is None:
            break
        results.put(item * 2)


total = 0
for start in range(times(59)):
    for i in range(3000):
        work.put(i)
    work.put(None)
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    while not results.empty():
        total += results.get()
checksum(total)
