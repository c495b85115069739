"""asyncio: coroutines passing messages."""
# versions: 3.4 3.5
from _shared import checksum, times
import asyncio


@asyncio.coroutine
def worker(source, sink):
    while True:
        item = yield from source.get()
        yield from sink.put(item)
        if item is None:
            return


@asyncio.coroutine
def main(count):
    queues = [asyncio.Queue(5) for _ in range(4)]
    workers = [asyncio.async_(worker(a, b)) if hasattr(asyncio, "async_") else asyncio.Task(worker(a, b))
               for a, b in zip(queues, queues[1:])]

    @asyncio.coroutine
    def feed():
        for i in range(count):
            yield from queues[0].put(i)
        yield from queues[0].put(None)

    feeder = asyncio.Task(feed())
    total = 0
    while True:
        item = yield from queues[-1].get()
        if item is None:
            break
        total += item
    yield from asyncio.wait(workers + [feeder])
    return total


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
checksum(loop.run_until_complete(main(times(29000))))
loop.close()
