"""ConfigParser: reading, interpolating, writing."""
from _shared import PY2, Sink, checksum, times
import io
try:
    from ConfigParser import SafeConfigParser as Parser
except ImportError:
    from configparser import ConfigParser as Parser

section = u"[section%d]\nhome = /home/%d\npath = %%(home)s/bin:%%(name)s\nnumber = %d\nlong = first\n  second\n\n"
document = u"[DEFAULT]\nname = value\n\n" + u"".join(section % (i, i, i) for i in range(120))
total = 0
for _ in range(times(100)):
    parser = Parser()
    (parser.readfp if PY2 else parser.read_file)(io.StringIO(document))
    for name in parser.sections():
        total += len(parser.get(name, "path")) + parser.getint(name, "number") + len(parser.options(name))
    parser.write(Sink())
checksum(total)
