# import * in modules: __all__, private names, broken modules, other namespaces.
from __future__ import print_function
import sys
import types


class Broken(object):
    __all__ = ['good', 'missing']
    good = 1


class BadAll(object):
    __all__ = 5


class NoDict(object):
    __slots__ = ()


class Explodes(object):
    @property
    def __all__(self):
        raise ValueError('no __all__ for you')


class Mapping(dict):
    def __setitem__(self, key, value):
        print('set', key)
        dict.__setitem__(self, key, value)


def module(name, **names):
    sys.modules[name] = types.ModuleType(name)
    for key in sorted(names):
        setattr(sys.modules[name], key, names[key])


module('star_plain', a=1, _b=2, __c__=3)
module('star_all', a=10, _b=20, c=30, __all__=['_b', 'c'])
module('star_tuple', a=11, __all__=('a',))
sys.modules['star_broken'] = Broken()
sys.modules['star_bad_all'] = BadAll()
sys.modules['star_no_dict'] = NoDict()
sys.modules['star_explodes'] = Explodes()

SOURCE = '''
before = 1
for turn in range(5):
    a = c = None
    from %s import *
    before += 1
'''


def run(name, namespace):
    try:
        exec(compile(SOURCE % name, '<star>', 'exec'), {}, namespace)
    except Exception as error:
        print(type(error).__name__, error)
    print(name, sorted((k, v) for k, v in namespace.items() if k != '__builtins__' and v is not None))


for turn in range(3):
    for name in ['plain', 'all', 'tuple', 'broken', 'bad_all', 'no_dict', 'explodes']:
        run('star_' + name, {})
run('star_plain', Mapping())

for turn in range(4):
    from star_plain import *
    from star_all import *
    print(a, _b, c)
    a = _b = c = None
