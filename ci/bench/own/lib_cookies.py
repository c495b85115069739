"""Cookies and headers, parsed in Python."""
try:
    from Cookie import SimpleCookie
except ImportError:
    from http.cookies import SimpleCookie
from _shared import checksum, times

total = 0
for i in range(times(22000)):
    cookie = SimpleCookie()
    cookie.load("session=abc%d; name=\"quoted value\"; theme=dark; number=%d" % (i, i))
    cookie["session"]["path"] = "/"
    total += len(cookie.output()) + len(cookie["name"].value)
checksum(total)
