"""Sessions of pdb, by a pipe, with programs that are hot when they stop: `debugger_app.py A B`."""

from __future__ import print_function

import os
import signal
import subprocess
import sys
import time

PROGRAM = 'debugged.py'

# Lines are found by what is in them, with a number from 1 where that is in several.
SESSIONS = [
    ('stop', [], '''
w|s|a|n|n|n|p paid, parts|b @paid.append, len(paid) == 2|c|p share, paid|s|s|s|w|a|p self.balance, after|up
p sorted(locals())|down|r|n|!paid[:] = [number * 2 for number in paid]|p paid|tbreak @account.move(-1)|cl 1|c|l
p one, paid|until|j @paid = []|n|p paid, one|r|p sum(paid)|n|p sorted(locals())|!account.balance = 1234|b audit|c|a|b|disable 3
n|n|n|n|p place, move, seen|!seen = -5|n|n|p place, move, seen|enable 3|cl 3|unt|c'''),
    ('fail', [], '''
w|a|l|p after, amount, self.owner|up|p amount, account.balance, len(account.moves)|w|p sorted(locals())
!account.balance = 7|p account.balance|down|down|whatis self|q'''),
    ('interrupt', [], '''
tbreak @turns += 1|c|p "here"|w|p done, turns >= 0, account.owner|n|s|s|a|r|n|n|up|p number|down
!done = True|p done|n|n|n|p done|c'''),
    ('begin', ['-m', 'pdb'], '''
b spread, total % 7 == 3|c|a|n|n|p paid|s|w|r|ignore 1 2|c|p total|commands 1|p 'again', total|end|c|c|b @after < 0, amount < -5
cl 1|tbreak work|c|a|p number|cl 2|c|q'''),
]


def line(text):
    with open(PROGRAM) as source:
        return [number for number, each in enumerate(source, 1) if text in each][0]


def filled(command):
    before, at, rest = command.partition('@')
    if not at:
        return command
    text, comma, condition = rest.partition(',')
    return '%s%d%s%s' % (before, line(text), comma, condition)


def session(way, arguments, script, number):
    command = [sys.executable] + arguments + [PROGRAM, way, str(number)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if way == 'interrupt':
        child.stdout.readline()
        time.sleep(0.1)
        child.send_signal(signal.SIGUSR1)
    commands = [filled(each) for each in script.strip().replace('\n', '|').split('|')]
    said = child.communicate(('\n'.join(commands) + '\n').encode())[0].decode()
    if way == 'interrupt':
        # Wherever the signal came; from here on it is the same each time.
        said = said.partition("(Pdb) 'here'")[2]
    lines = said.replace(os.path.dirname(os.__file__), 'LIB').splitlines()
    return lines + ['exit %d' % child.returncode]


def main():
    if sys.argv[1] == 'worker':
        said = subprocess.check_output([sys.executable, PROGRAM, 'worker', '1'])
        print(said.decode().splitlines()[-1])
        return
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        for way, arguments, script in SESSIONS:
            for each in session(way, arguments, script, number):
                print(number, way, each)


if __name__ == '__main__':
    main()
