"""urlparse: parsing, joining and quoting."""
try:
    from urllib import quote, unquote, urlencode
    from urlparse import parse_qsl, urljoin, urlparse
except ImportError:
    from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlparse
from _shared import checksum, times

total = 0
for i in range(times(27000)):
    url = "http://user%d@www.example.com:80/path/%d/../x;p?a=1&b=%%20%d#frag" % (i, i, i)
    parts = urlparse(url)
    total += len(parts.netloc) + parts.port + len(urljoin(url, "../other/./page?q=%d" % i))
    total += len(quote("a b/c&d=%d" % i)) + len(unquote("%20x%41")) + len(parse_qsl(parts.query))
    total += len(urlencode([("a", i), ("b", "c d")]))
checksum(total)
