# String building, formatting, parsing, sorting with keys, comprehensions in hot loops.
from __future__ import print_function


def build(n):
    s = ''
    t = ''
    for i in range(n):
        s += 'x'
        s += str(i)
        t = t + 'y' if i % 2 else t
        u = s
        if i % 1000 == 0:
            u += 'changed'
            assert s != u
    return len(s), len(t), s[-8:], hash(s) == hash('' + s)


class Holder(object):
    text = ''


def attribute_and_items(n):
    h = Holder()
    parts = ['', '']
    d = {'k': ''}
    for i in range(n):
        h.text += 'a'
        parts[i % 2] += 'b'
        d['k'] += chr(65 + i % 26)
    return len(h.text), len(parts[0]), d['k'][-5:], Holder.text


def shared(n):
    a = ''
    snapshots = []
    for i in range(n):
        a += 'z'
        if i % 500 == 0:
            snapshots.append(a)
    return [len(s) for s in snapshots], len(a)


text = ''
for k in range(3000):
    text += '%d,' % k
    if k == 1000:
        copy = text
print(len(text), len(copy), text[-6:])


def errors(n):
    s = 'start'
    bad = []
    for i in range(n):
        try:
            s += 5 if i % 1000 == 999 else '.'
        except TypeError:
            bad.append((i, len(s)))
    return bad


def formats(n):
    out = []
    for i in range(n):
        out.append('%d %5.2f %s %r %x %%' % (i, i * 0.5, i, str(i), i))
        out.append('{0} {1:>4} {name}'.format(i, i % 7, name=i))
        try:
            '%d %d' % (i,)
        except TypeError as e:
            last = str(e)
        out.append('%s' % i if i % 2 else '%(a)s' % {'a': i})
    return sum(map(len, out)), out[-1], out[-3], last


def parse(n):
    total = 0
    bad = 0
    for i in range(n):
        total += int(str(i)) + int(hex(i), 16) + int(float(i)) + int(i % 2 == 0)
        try:
            int('x%d' % i)
        except ValueError as e:
            bad += 1
            message = str(e)
    return total, bad, message, int('9' * 30) + 1


def sorting(n):
    values = [(k * 7919) % 1009 for k in range(n)]
    a = sorted(values, key=lambda v: -v)
    b = sorted(values, key=lambda v: (v % 10, v))
    c = sorted(range(n), key=values.__getitem__, reverse=True)
    calls = [0]
    def key(v):
        calls[0] += 1
        if calls[0] == n // 2:
            return float(v)
        return v
    d = sorted(values, key=key)
    try:
        def bad_key(v):
            if v == 500:
                raise KeyError(v)
            return v
        sorted(values, key=bad_key)
    except KeyError as e:
        error = str(e)
    return a[:3], b[:3], c[:3], d == sorted(values), calls, error


def insertion(items):
    for i in range(1, len(items)):
        x = items[i]
        j = i - 1
        while j >= 0 and items[j] > x:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = x
    return items


def quick(items):
    if len(items) < 2:
        return items
    pivot = items[0]
    return quick([x for x in items[1:] if x < pivot]) + [pivot] + quick([x for x in items[1:] if x >= pivot])


print(build(5000), attribute_and_items(5000), shared(3000), errors(4000))
print(formats(3000), parse(3000), sorting(3000))
print(insertion([(k * 37) % 101 for k in range(100)])[::10], insertion([0.5, 2, 1 << 70, -1, True])[:4], insertion(list('hello world')))
print(quick([(k * 7919) % 1009 for k in range(1000)])[::100], quick(['b', 'a', 'c']), quick([2.5, 1, 3]))


def slices(n):
    items = list(range(20))
    t = tuple(items)
    s = 'abcdefghijklmnopqrst'
    total = 0
    for i in range(n):
        total += len(items[i % 20:]) + len(t[:i % 20]) + len(s[-(i % 20):]) + sum(items[2:4])
        items[i % 5:i % 5 + 2] = [i, i + 1]
        if i % 2:
            del items[-1:]
            items.append(i)
    return total, items, s[::-2], t[1:100:7]


def words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    for c in text:
        if c in counts:
            counts[c] += 1
        else:
            counts[c] = 1
    best = sorted(((v, k) for k, v in counts.items()), reverse=True)
    return best[:4]


print(slices(3000), words('the quick brown fox jumps over the lazy dog ' * 100))
