"""Starts uwsgi on a free port of this machine, makes one request and prints the answer."""

import socket
import subprocess
import sys
import time

uwsgi, folder = sys.argv[1:]
probe = socket.socket()
probe.bind(('127.0.0.1', 0))
port = probe.getsockname()[1]
probe.close()
# The variable is set by uwsgi, before it initialises Python.
server = subprocess.Popen([
    uwsgi, '--http-socket', '127.0.0.1:%d' % port, '--pythonpath', folder, '--module', 'application',
    '--need-app', '--die-on-term', '--env', 'PYJION_THRESHOLD=1'], stdout=sys.stderr)
try:
    for attempt in range(100):
        time.sleep(0.1)
        if server.poll() is not None:
            sys.exit('uwsgi has ended')
        connection = socket.socket()
        connection.settimeout(60)
        try:
            connection.connect(('127.0.0.1', port))
        except socket.error:
            continue
        connection.sendall(b'GET / HTTP/1.0\r\n\r\n')
        answer = b''
        while True:
            part = connection.recv(4096)
            if not part:
                break
            answer += part
        sys.stdout.write(answer.decode().partition('\r\n\r\n')[2])
        break
    else:
        sys.exit('uwsgi does not answer')
finally:
    if server.poll() is None:
        server.terminate()
    server.wait()
