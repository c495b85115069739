# Functions of more than 64 KiB of bytecode: jumps across all of it, a hot loop at either end, a handler.
from __future__ import print_function


def make(statements, name):
    lines = ['def %s(n, fail=None):' % name, '    x = 1', '    for i in range(20):', '        x = x + i',
             '    while True:', '        try:', '            if n == 0:', '                break']
    for k in range(statements):
        lines.append('            x ^= %d' % (k * 7919 % 65536))
    lines += ['            if fail == n:', '                raise ValueError(x)', '        except ValueError:',
              '            x = -x', '        n -= 1', '    for i in range(300):', '        x = x + i % 7',
              '    return x']
    namespace = {}
    exec('\n'.join(lines), namespace)
    return namespace[name]


small, large = make(10, 'small'), make(7600, 'large')
print(len(large.__code__.co_code) > 65536, len(small.__code__.co_code) < 1000)
for turn in range(8):
    for function in (small, large):
        print(function(0), function(3), function(4, 2), function(turn, turn))
