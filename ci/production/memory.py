"""Asks a WSGI application for some paths, again and again, and says where memory is then, in kilobytes that are resident:
`memory.py MODULE COUNT PATH...`. {n} in a path is the number of the request, up to 400.

With the application of `cargo xtask test stacks`, and what that has installed:

    export STACK_DATABASE=sqlite:////tmp/shop
    export PYTHONPATH=$(echo target/test/packages/2.7.18/installed/gunicorn-sync-flask*/site):xtask/src/test/stacks/apps
    pyjion-python xtask/src/test/stacks/apps/flask_app.py setup
    pyjion-python ci/production/memory.py flask_app 8000 '/books' '/book/{n}' '/page/{n}' '/author/1'
"""

from __future__ import print_function

import os
import sys
import time
from io import BytesIO


def kind(words, program):
    name = words[5] if len(words) > 5 else ''
    if words[4] != '0':
        return 'data' if 'w' in words[1] else 'program' if name == program else 'libraries'
    return 'heap' if name == '[heap]' else 'machine code' if not name and 'x' in words[1] else 'mapped'


def places():
    """Kilobytes by what mappings are for."""
    sizes, program = {}, os.readlink('/proc/self/exe')
    with open('/proc/self/smaps') as smaps:
        for line in smaps:
            words = line.split()
            if '-' in words[0]:
                current = kind(words, program)
            elif words[0] == 'Rss:':
                sizes[current] = sizes.get(current, 0) + int(words[1])
    return sizes


def ask(application, path):
    path, _, query = path.partition('?')
    environ = {
        'REQUEST_METHOD': 'GET', 'PATH_INFO': path, 'QUERY_STRING': query, 'SERVER_NAME': 'here', 'SERVER_PORT': '80',
        'SERVER_PROTOCOL': 'HTTP/1.0', 'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http', 'wsgi.input': BytesIO(),
        'wsgi.errors': sys.stderr, 'wsgi.multithread': False, 'wsgi.multiprocess': True, 'wsgi.run_once': False}
    answer = application(environ, lambda status, headers, error=None: None)
    for part in answer:
        pass
    if hasattr(answer, 'close'):
        answer.close()


def jit():
    try:
        import pyjion
    except ImportError:
        return ''
    return ', %d code objects are hot' % pyjion.status()['states']['hot']


def main():
    module, count, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    del sys.argv[1:]
    application = __import__(module, fromlist=['application']).application
    for turn in range(count):
        path = paths[turn % len(paths)]
        ask(application, path.replace('{n}', str(turn // len(paths) * 7919 % 400 + 1)))
    # What is compiled in the background gets done.
    time.sleep(1)
    ask(application, paths[0])
    sizes = places()
    print('%d KB: %s%s' % (sum(sizes.values()), ', '.join('%s %d' % item for item in sorted(sizes.items())), jit()))
    print('%.1f s of processor time' % sum(os.times()[:2]))


if __name__ == '__main__':
    main()
