"""quopri, base64, uu and punycode: encodings in Python."""
from _shared import checksum, text, times
import base64
import quopri
import io

quopri.a2b_qp = quopri.b2a_qp = None
data = text("textwrap.py").encode("utf-8")
total = 0
for _ in range(times(31)):
    out = io.BytesIO()
    quopri.encode(io.BytesIO(data), out, True)
    back = io.BytesIO()
    quopri.decode(io.BytesIO(out.getvalue()), back)
    total += len(out.getvalue()) + len(back.getvalue())
    total += len(base64.b32decode(base64.b32encode(data[:4000])))
    total += len(base64.b16decode(base64.b16encode(data)))
    for word in (u"b\u00fccher", u"\u4f60\u597d\u4e16\u754c", u"m\u00f6rder-gr\u00fcn\u00df"):
        for _ in range(60):
            total += len(word.encode("punycode").decode("punycode")) + len(word.encode("idna"))
checksum(total)
