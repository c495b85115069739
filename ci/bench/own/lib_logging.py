"""logging: records that are formatted, and records that are dropped."""
from _shared import Sink, checksum, times
import logging

handler = logging.StreamHandler(Sink())
handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(lineno)d: %(message)s"))
logger = logging.getLogger("bench.some.where")
logger.addHandler(handler)
logger.propagate = False
logger.setLevel(logging.INFO)


def work(number):
    logger.debug("dropped %d", number)
    logger.info("number %d of %s", number, "many")
    if number % 100 == 0:
        logger.error("error %r", number)


for i in range(times(61000)):
    work(i)
checksum(handler.stream.sum)
