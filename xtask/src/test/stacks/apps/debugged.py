"""What debugger_app.py debugs: hot code that stops in a debugger in one of several ways: `debugged.py WAY NUMBER`."""

from __future__ import print_function

import json
import pdb
import signal
import sys


class Account(object):
    def __init__(self, owner):
        self.owner = owner
        self.balance = 100
        self.moves = []

    def __repr__(self):
        return '<%s: %d>' % (self.owner, self.balance)

    def move(self, amount):
        after = self.balance + amount
        if after < 0:
            raise ValueError('%s has only %d' % (self.owner, self.balance))
        self.balance = after
        self.moves.append(amount)
        return after


def shares(total, parts):
    while parts:
        share = total // parts
        yield share
        total -= share
        parts -= 1


def spread(account, total, parts):
    paid = []
    for share in shares(total, parts):
        paid.append(account.move(share))
    for one in paid[1:]:
        account.move(-1)
    return sum(paid), one


def audit(account, limit):
    seen = 0
    for place, move in enumerate(account.moves):
        seen += move
        if seen > limit:
            return place, seen
    return None, seen


def work(number, turns):
    account = Account('account %d' % number)
    total = 0
    for turn in range(turns):
        total += spread(account, turn % 50 + number, 5)[0]
        total += audit(account, 200)[1]
        del account.moves[20:]
    return account, total


def stop(number):
    account, total = work(number, 600)
    pdb.set_trace()
    found = spread(account, 70 + number, 4)
    print(found, audit(account, 10 ** 6), account.balance)
    print(work(number, 600)[1])


def fail(number):
    account, total = work(number, 600)
    try:
        for amount in [5, number, -3 - number, -10 ** 9, 8]:
            account.move(amount)
    except ValueError:
        pdb.post_mortem(sys.exc_info()[2])
    print(work(number, 600)[1])


def wait(account):
    done, turns = False, 0
    while not done:
        turns += 1
        account.move(0)
        if turns > 1000:
            turns = 0
            del account.moves[:]
    return 'done', account.balance


def interrupt(number):
    signal.signal(signal.SIGUSR1, lambda number, frame: pdb.Pdb().set_trace(frame))
    account, total = work(number, 600)
    print('waiting')
    sys.stdout.flush()
    print(wait(account))
    print(work(number, 600)[1])


def begin(number):
    print(work(number, 20)[1])
    print(work(number, 1200)[1])


def worker(number):
    import worker
    begin(number)
    print(json.dumps(worker.state()))


if __name__ == '__main__':
    globals()[sys.argv[1]](int(sys.argv[2]))
