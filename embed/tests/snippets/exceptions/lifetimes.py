# Objects die when they do on the interpreter: operands of expressions that raise, exceptions, names bound by except.
from __future__ import print_function
import sys


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print('   del', self.name, sys.exc_info()[0])

    def __add__(self, other):
        raise ValueError('add')

    def __call__(self, *args):
        raise ValueError('call')


class Error(Exception):
    def __init__(self, name):
        Exception.__init__(self, name)
        self.name = name

    def __del__(self):
        print('   del error', self.name)


def operands(i):
    try:
        print('  try')
        if i == 0:
            [Noisy('a'), Noisy('b'), Noisy('c') + 1]
        elif i == 1:
            Noisy('f')(Noisy('x'), Noisy('y'))
        elif i == 2:
            for x in [Noisy('i'), Noisy('j')]:
                for y in (Noisy('k'), 5):
                    x + y
        elif i == 3:
            z = Noisy('z')
            (z, Noisy('t'), z + z)
    except ValueError:
        print('  except')
    print('  end')


def named(i):
    try:
        raise Error(i)
    except Error as e:
        print('  caught', e.name)
        e.own = Noisy('own %d' % i)
    print('  after')


def in_finally(i):
    try:
        try:
            kept = Noisy('kept')
            raise Error(i)
        finally:
            print('  finally')
            kept = None
    except Error:
        print('  outer')
    print('  end')


class Manager(object):
    def __init__(self, answer):
        self.answer = answer

    def __enter__(self):
        return Noisy('entered')

    def __exit__(self, *args):
        print('  exit', args[0])
        return self.answer

    def __del__(self):
        print('   del manager')


def managed(i):
    with Manager(True):
        raise Error(i)
    print('  between')
    try:
        with Manager(False) as m:
            m + 1
    except ValueError:
        print('  handled')
    print('  end')


def returning(i):
    for n in [Noisy('item')]:
        try:
            raise Error(i)
        except Error:
            return Noisy('result')


def replaced(i):
    try:
        try:
            raise Error('first')
        except Error:
            raise Error('second')
    except Error as e:
        print('  got', e.name)
    print('  end')


def deleted(i):
    try:
        raise Error(i)
    except Error as e:
        del e
        print('  deleted')
    try:
        e
    except NameError:
        print('  unbound')


def clear():
    if hasattr(sys, 'exc_clear'):
        sys.exc_clear()


for turn in range(4):
    for function in (named, in_finally, managed, returning, replaced, deleted):
        print(function.__name__, turn)
        function(turn)
        clear()
    for i in range(4):
        print('operands', i)
        operands(i)
        clear()
