"""inspect: members, source and signatures."""
from _shared import PY2, checksum, times
import difflib
import inspect
import textwrap

signature = inspect.getargspec if PY2 else inspect.signature
total = 0
for _ in range(times(20)):
    for module in (textwrap, difflib):
        for name, value in inspect.getmembers(module):
            if inspect.isclass(value) and value.__module__ == module.__name__:
                total += len(inspect.classify_class_attrs(value))
                for _, method in inspect.getmembers(value, lambda m: inspect.isfunction(m) or inspect.ismethod(m)):
                    if method.__module__ == module.__name__ and not method.__code__.co_filename.startswith("<"):
                        total += len(inspect.getsource(method))
            elif inspect.isfunction(value):
                total += len(str(signature(value))) + len(inspect.getdoc(value) or "")
checksum(total)
