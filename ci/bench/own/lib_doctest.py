"""doctest: finding and running the examples of modules."""
from _shared import Sink, checksum, times
import collections
import difflib
import doctest

total = 0
for _ in range(times(61)):
    for module in (difflib, collections):
        found = doctest.DocTestFinder().find(module)
        total += len(found)
        runner = doctest.DocTestRunner(verbose=False)
        for test in found:
            if module is collections:
                runner.run(test, out=Sink().write)
checksum(total)
