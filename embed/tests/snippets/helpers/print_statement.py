# versions: 2.7
# The print statement: softspace, redirection, broken streams, unicode, repr by backticks.
import sys
import StringIO


def items(n):
    for i in range(n):
        print i,
    print
    print "a", "b",
    print "c"
    print "tab\t", "newline\n", "end",
    print
    print u"text", u"tab\t", u"", "",
    print None, 1.5, [1, "x"], (1,)
    print


def redirected(stream, n):
    for i in range(n):
        print >>stream, i, "x",
    print >>stream
    print >>stream, "done"
    print >>stream, "a\n",
    print >>stream, "b",
    return stream


class Stream(object):
    def __init__(self):
        self.log = []

    def write(self, text):
        self.log.append(text)


class Old:
    def __init__(self):
        self.log = []

    def write(self, text):
        self.log.append(text)


class NoSpace(object):
    __slots__ = "log",

    def __init__(self):
        self.log = []

    def write(self, text):
        self.log.append(text)


class Broken(object):
    softspace = 0

    def write(self, text):
        raise ValueError("write %r" % text)


class Item(object):
    def __str__(self):
        raise ZeroDivisionError("str")


class Loud(object):
    def __str__(self):
        sys.stdout = Stream()
        return "loud"


class Text(str):
    pass


def item(stream, value):
    print >>stream, value, value,


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def backticks(x):
    return `x` + `x, x`


items(40)
for kind in (Stream, Old, NoSpace):
    for i in range(30):
        r = redirected(kind(), 3).log
    print kind.__name__, r
out = StringIO.StringIO()
for i in range(30):
    redirected(out, 2)
print repr(out.getvalue()[:60]), out.softspace
for value in (1, "", " ", "x\t", "x ", u"", u"\u2003", u"x\n", u"x ", Text("t"), Text("t\n"), Item(), None):
    for i in range(30):
        s = Stream()
        r = show(item, s, value), s.log, getattr(s, "softspace", "none")
    print r
for i in range(30):
    r = show(redirected, Broken(), 1), show(redirected, 5, 1), show(redirected, object(), 1)
print r[0], r[1].split(" object at")[0], r[2]
redirected(None, 40)
print

real = sys.stdout
for i in range(30):
    saved, sys.stdout = sys.stdout, Stream()
    print "captured", i,
    print
    captured, sys.stdout = sys.stdout, saved
print captured.log


def lost():
    del sys.stdout
    try:
        print 1
    finally:
        sys.stdout = real


def lost_newline():
    del sys.stdout
    try:
        print
    finally:
        sys.stdout = real


for i in range(30):
    r = show(lost), show(lost_newline)
print r
for i in range(30):
    print Loud(), "x"
    sys.stdout = real
print
for i in range(40):
    r = backticks(i), backticks("s"), show(backticks, u"\xe9")
print r


def chevron_exception(n):
    for i in range(n):
        try:
            print >>Broken(), i
        except ValueError, e:
            last = str(e)
    return last


print chevron_exception(40)
