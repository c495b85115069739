# Characters of strings, and whether strings are equal or contain another.
from __future__ import print_function
import sys


def at(s, i):
    return s[i]


def same(a, b):
    return a == b


def other(a, b):
    return a != b


def has(s, c):
    return c in s


def lacks(s, c):
    return c not in s


def scan(s):
    i = 0
    found = []
    while True:
        try:
            found.append(s[i])
        except IndexError:
            return found
        i += 1


def count(s, c):
    n = 0
    for i in range(len(s)):
        if s[i] == c:
            n += 1
    return n


class Text(str):
    def __getitem__(self, i):
        return "item %r" % (i,)

    def __eq__(self, other):
        return "equal?"

    def __ne__(self, other):
        return "unequal?"

    def __contains__(self, other):
        return True

    __hash__ = str.__hash__


def shown(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def fresh(text):
    return text[:1] + text[1:]


for _ in range(3000):
    at("hello", 1)
    same("a", "b")
    other("abc", "abd")
    has("hello", "l")
    lacks("hello", "z")

for i in (0, 4, -1, -5, 5, -6, 2 ** 31, -2 ** 31, 2 ** 70, True, None, "x", 1.5, slice(1, 3)):
    print(repr(i), repr(shown(at, "hello", i)), shown(at, "", i), shown(at, Text("abc"), i))
print(scan("abc"), scan(""), count("mississippi", "s"), count("", "s"))
print([at("hello", i) is at("world", j) for i, j in ((2, 3), (4, 1), (3, 2))])

texts = ["", "a", "b", "ab", "abc", "abd", "xbc", "a" * 50, "a" * 49 + "b", "\0", "a\0b", "a\0c", Text("ab"), u"ab",
         u"\xe9", u"\u20ac", u"\U0001f600", u"a\xe9", u"a\u20ac", b"ab", b"\xff", None, 1, "\xe9"]
import warnings
warnings.simplefilter("ignore")
for a in texts:
    print("".join(str(int(x)) if isinstance(x, bool) else "?" for b in texts
                  for x in (shown(same, a, b), shown(same, fresh(a), b) if isinstance(a, str) else 0, shown(other, a, b))))

for s in ("hello", "", "a\0b", u"\u20acuro", u"caf\xe9", Text("x")):
    for c in ("l", "", "ll", "hello", "\0", u"\u20ac", u"\xe9", Text("h"), 1, None):
        print(repr(s)[:12], repr(c), shown(has, s, c), shown(lacks, s, c))

wide = u"a\xe9\u20ac\U0001f600z"
narrow = u"abc\xe9"
for _ in range(3000):
    at(wide, 2)
    at(narrow, 3)
for s in (wide, narrow, u"", u"plain"):
    for i in range(-6, 6):
        print(ascii(shown(at, s, i)) if sys.version_info[0] > 2 else repr(shown(at, s, i)), end=" ")
    print()
print(at(narrow, 3) is at(narrow, 3), at(u"abc", 0) is at(u"xa", 1))


def byte(s, i):
    return s[i]


data = bytes(bytearray(range(256)))
total = 0
for _ in range(20):
    for i in range(256):
        x = byte(data, i)
        total += x if isinstance(x, int) else ord(x)
print(total, shown(byte, data, 256), shown(byte, data, -257), byte(data, -1) == data[-1])
print([shown(byte, b"", i) for i in (0, -1)])

before = sys.getrefcount("h")
for _ in range(1000):
    at("hello", 0)
print(sys.getrefcount("h") - before)


def search(t, x):
    return x in t, x not in t


for _ in range(2000):
    search((1, 2, 3), 2)
    search(("a", "b"), "b")
    search([1, 2, 3], 5)
nan = float("nan")


class Loud(object):
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        print("eq", self.x, other)
        return self.x == other

    def __hash__(self):
        return hash(self.x)


for t in ((), (1, 2, 3), ["a", "b", None], (None, 1, "x"), [1.0, 2.5], (True, "a"), (10 ** 30, 5), [Loud(5), 1],
          ("a", Loud("b")), (nan, 1), [u"a", u"\xe9"], ((1,), [2])):
    for x in (1, 2, "a", fresh("b"), None, 2.5, True, 10 ** 30, 5, nan, (1,), [2], u"a"):
        print(repr(x)[:8], search(t, x), end=" ")
    print()
