"""pickletools: the disassembler."""
from _shared import Sink, checksum, times
import pickle
import pickletools

pickled = pickle.dumps([{"name": "item%d" % i, "value": (i, i * 1.5)} for i in range(400)], 2)
sink = Sink()
for _ in range(times(40)):
    pickletools.dis(pickled, sink)
    pickled = pickletools.optimize(pickled)
checksum(sink.sum)
