# Methods of instances, and builtins, are found where the dicts in front of them lack the name: dicts that are crowded, have
# lost it, have it under another object, or get it in the middle.
from __future__ import print_function


class Thing(object):
    def name(self):
        return 'method'
    def other(self):
        return 'other'


class Grown(Thing):
    pass


def crowd(thing, n):
    for i in range(n):
        setattr(thing, 'field%d' % i, i)
    return thing


def ask(thing):
    return thing.name(), thing.other()


things = [crowd(Thing(), n) for n in (0, 1, 2, 3, 4, 5, 6, 10, 20, 21, 40, 80)]
for i in range(100):
    answers = [ask(thing) for thing in things]
print(answers == [('method', 'other')] * len(things))

for thing in things:
    thing.name = lambda: 'own'
    thing.passing = 1
print([ask(thing)[0] for thing in things])
for thing in things:
    del thing.name
for i in range(100):
    answers = [ask(thing)[0] for thing in things]
print(answers)
for thing in things:
    # The same name, but not the same object.
    thing.__dict__[''.join(['na', 'me'])] = lambda: 'assembled'
print([ask(thing)[0] for thing in things])
for thing in things:
    del thing.__dict__[''.join(['na', 'me'])]
    thing.__dict__[''.join(['oth', 'er'])] = lambda: 'assembled'
print([ask(thing) for thing in things])


def count(n):
    total = 0
    for i in range(n):
        total += len([i]) + abs(-1)
    return total


for i in range(100):
    globals()['name%d' % i] = i
    got = count(50)
    if i % 9 == 0:
        del globals()['name%d' % i]
print(got)


def midway(n):
    seen = []
    for i in range(n):
        if i == n // 2:
            globals()[''.join(['le', 'n'])] = lambda items: 'global'
        if i == n - 3:
            del globals()['len']
        seen.append(len([i]))
    return seen


for i in range(40):
    seen = midway(40)
print(seen)


def change(thing, i):
    if i == 70:
        thing.name = lambda: 'since'
    if i == 90:
        thing.__dict__.clear()
    if i == 95:
        thing.__dict__ = {'name': lambda: 'replaced'}


thing = crowd(Grown(), 5)
answers = []
for i in range(100):
    change(thing, i)
    answers.append(ask(thing)[0])
print([answers.index(answer) for answer in ('method', 'since', 'replaced')], answers[90:95])
