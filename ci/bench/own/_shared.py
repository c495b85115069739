"""What the programs share: where CPython's source tree is, texts to work on, how much to do, a checksum.

Imported before the library, as it hides modules that stock does not have everywhere.
"""
import os
import sys
import zlib

PY2 = sys.version_info[0] == 2

#: The interpreter's own library, and the source tree that it was built from (Tools and Demo are in no installation).
LIBRARY = os.path.dirname(os.__file__)
SOURCE = os.environ.get("PYJION_BENCH_SOURCE", "")


def times(count):
    """How often to do something; PYJION_BENCH_SCALE is a percentage."""
    return max(1, count * int(os.environ.get("PYJION_BENCH_SCALE", "100")) // 100)


def checksum(value):
    """Prints a number that stands for a text, or for the repr of anything else."""
    if not isinstance(value, (bytes, type(u""))):
        value = repr(value)
    if not isinstance(value, bytes):
        value = value.encode("utf-8")
    print(zlib.crc32(value) & 0xFFFFFFFF)


def text(*path):
    """The text of a file of the library, decoded."""
    with open(os.path.join(LIBRARY, *path), "rb") as file:
        return file.read().decode("utf-8")


def program(*path):
    """A module made from a file of the source tree, without its main part."""
    module = type(sys)(os.path.splitext(path[-1])[0])
    module.__file__ = os.path.join(SOURCE, *path)
    sys.dont_write_bytecode = True
    sys.path.append(os.path.dirname(module.__file__))
    with open(module.__file__, "rb") as file:
        code = compile(file.read(), module.__file__, "exec")
    eval(code, module.__dict__)
    sys.modules[module.__name__] = module
    return module


def without(*accelerators):
    """Makes the library use its code in Python, by hiding modules written in C."""
    for name in accelerators:
        sys.modules[name] = None


# Stock cannot build these with OpenSSL 3. They take long to load, and much of the library tries to.
without("_hashlib", "_ssl")


class Sink(object):
    """A file that keeps nothing but a checksum of what is written."""

    def __init__(self):
        self.sum = 0
        self.softspace = 0

    def write(self, data):
        if not isinstance(data, bytes):
            data = data.encode("utf-8")
        self.sum = zlib.crc32(data, self.sum)

    def flush(self):
        pass
