"""Runs a program of its own under coverage, by line and by branch, and prints what was not run: `coverage_app.py A B`."""

from __future__ import print_function

import json
import os
import sys
import threading

import coverage

import worker


def classify(number):
    if number % 15 == 0:
        kind = 'both'
    elif number % 5 == 0:
        kind = 'five'
    elif number % 3 == 0:
        kind = 'three'
    elif number < 0:
        kind = 'never'
    else:
        kind = 'none'
    return kind


class Stack(object):
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        try:
            return self.items.pop()
        except IndexError:
            return None
        finally:
            self.count = len(self.items)

    def unused(self):
        return [item for item in self.items if item]


def walk(tree):
    if isinstance(tree, list):
        for each in tree:
            for leaf in walk(each):
                yield leaf
    else:
        yield tree


def lot(number):
    kinds = {}
    for n in range(1, 400):
        kind = classify(n + number)
        kinds[kind] = kinds.get(kind, 0) + 1
    stack = Stack()
    for leaf in walk([[n, [n + 1, [n + 2]]] for n in range(100)]):
        stack.push(leaf)
        if leaf % 3 == 0:
            stack.pop()
            stack.pop()
    results = []
    thread = threading.Thread(target=lambda: results.append(sum(n for n in range(100) if classify(n) == 'five')))
    thread.start()
    thread.join()
    return sorted(kinds.items()), stack.count, results


def measure(first, last, branch):
    measuring = coverage.Coverage(data_file=None, branch=branch, include=[os.path.abspath(__file__)])
    measuring.start()
    try:
        for number in range(first, last):
            print(lot(number))
    finally:
        measuring.stop()
    _, statements, excluded, missing, _ = measuring.analysis2(os.path.abspath(__file__))
    print(len(statements), excluded, missing)
    if branch:
        print(sorted(measuring.get_data().arcs(os.path.abspath(__file__))))


def main():
    if sys.argv[1] == 'worker':
        # Measured code is left to the interpreter; the rest is not.
        for number in range(300):
            lot(number)
        print(json.dumps(worker.state()))
        return
    first, last = int(sys.argv[1]), int(sys.argv[2])
    measure(first, last, branch=False)
    measure(first, last, branch=True)
    for number in range(first, last):
        print(lot(number))


if __name__ == '__main__':
    main()
