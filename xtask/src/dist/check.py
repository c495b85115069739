import hashlib
import importlib
import os
import sqlite3
import ssl
import sys
import sysconfig
import threading
import zlib

import pyjion

for name in sys.argv[1:]:
    importlib.import_module(name)

here = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))
assert sys.prefix == here, sys.prefix
assert os.path.isdir(sysconfig.get_config_var('LIBDIR')), sysconfig.get_config_var('LIBDIR')
assert sysconfig.get_config_var('LIBDIR').startswith(here), sysconfig.get_config_var('LIBDIR')
assert os.path.exists(os.path.join(sysconfig.get_paths()['include'], 'Python.h'))

database = sqlite3.connect(':memory:')
database.execute('create table t (a integer)')
database.executemany('insert into t values (?)', [(n,) for n in range(10)])
assert database.execute('select sum(a) from t').fetchone() == (45,)

assert zlib.decompress(zlib.compress(b'text')) == b'text'
assert hashlib.sha256(b'').hexdigest().startswith('e3b0c442')
assert ssl.create_default_context().cert_store_stats()['x509_ca'] > 10 or not os.path.exists('/etc/ssl/certs')


def total(n):
    result = 0
    for i in range(n):
        result += i
    return result


results = []
threads = [threading.Thread(target=lambda: results.append(total(100000))) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert results == [4999950000] * 4, results
pyjion.compile(total)
assert pyjion.status()['enabled'] and pyjion.info(total)['state'] == 'native' and total(5) == 10
