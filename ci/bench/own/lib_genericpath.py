"""posixpath and ntpath: names of files."""
from _shared import checksum, times
import ntpath
import posixpath

total = 0
for i in range(times(43000)):
    for path in (posixpath, ntpath):
        name = path.join("/usr", "lib%d" % i, "..", "share", "file.%d.txt" % i)
        total += len(path.normpath(name)) + len(path.splitext(path.basename(name))[1]) + path.isabs(name)
        total += len(path.commonprefix([name, "/usr/lib"])) + len(path.dirname(name))
checksum(total)
