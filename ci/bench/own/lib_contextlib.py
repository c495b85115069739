"""contextlib: context managers that are generators."""
from _shared import checksum, times
import contextlib

log = []


@contextlib.contextmanager
def managed(number):
    log.append(number)
    try:
        yield number
    except KeyError:
        log.append(-1)
    finally:
        log.append(-number)


for i in range(times(180000)):
    with managed(i) as value:
        with managed(value + 1):
            if i % 5 == 0:
                raise KeyError(i)
checksum(sum(log) + len(log))
