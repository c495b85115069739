"""pickle.py: every protocol, there and back."""
from _shared import checksum, times, without
import io

without("_pickle")
import pickle

dumps, loads = pickle.dumps, pickle.loads
document = [{"name": "item%d" % i, "value": (i, i * 1.5, -i), "more": [u"x" * 5, None, True]} for i in range(60)]
total = 0
for _ in range(times(130)):
    for protocol in (0, 1, 2):
        pickled = dumps(document, protocol)
        total += len(pickled) + len(loads(pickled))
checksum(total)
