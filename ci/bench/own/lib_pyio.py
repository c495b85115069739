"""_pyio: files in Python."""
from _shared import checksum, text, times
import _pyio
import io

data = text("textwrap.py").encode("utf-8")
total = 0
for _ in range(times(1400)):
    stream = _pyio.TextIOWrapper(_pyio.BytesIO(data), "utf-8")
    for line in stream:
        total += len(line)
    out = _pyio.BytesIO()
    writer = _pyio.TextIOWrapper(_pyio.BufferedWriter(out), "utf-8")
    for line in text("sched.py").splitlines():
        writer.write(line + u"\n")
    writer.flush()
    total += len(out.getvalue())
checksum(total)
