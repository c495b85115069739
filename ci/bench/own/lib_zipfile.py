"""zipfile: many small members, and its decryption in Python."""
from _shared import checksum, times
import io
import zipfile

total = 0
for _ in range(times(100)):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for i in range(160):
            zipped.writestr(zipfile.ZipInfo("member%d" % i), b"data" * i)
    with zipfile.ZipFile(archive) as zipped:
        for info in zipped.infolist():
            total += len(zipped.read(info)) + info.header_offset
    if hasattr(zipfile, "_ZipDecrypter"):
        decrypter = zipfile._ZipDecrypter(b"secret")
        if isinstance(b"x"[0], str):
            total += len([decrypter(c) for c in b"0123456789" * 400])
        else:
            total += len([decrypter(c) for c in b"0123456789" * 400])
checksum(total)
