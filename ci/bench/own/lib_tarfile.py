"""tarfile: many small members."""
from _shared import checksum, times
import io
import tarfile

total = 0
for _ in range(times(21)):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for i in range(250):
            info = tarfile.TarInfo("folder/member%d" % i)
            info.size = i
            info.pax_headers = {u"comment": u"number %d" % i}
            tar.addfile(info, io.BytesIO(b"x" * i))
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        for member in tar:
            total += len(tar.extractfile(member).read()) + len(member.name)
checksum(total)
