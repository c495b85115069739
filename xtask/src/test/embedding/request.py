"""Starts a server on a free port of this machine, asks for some paths and prints the answers: `request.py PATHS SERVER...`.

{port} in what starts it is the port, and so is the variable PORT.
"""

import os
import socket
import subprocess
import sys
import time


def ask(path):
    connection = socket.socket()
    connection.settimeout(60)
    try:
        connection.connect(('127.0.0.1', port))
    except socket.error:
        return None
    connection.sendall(('GET %s HTTP/1.0\r\n\r\n' % path).encode())
    answer = b''
    while True:
        part = connection.recv(4096)
        if not part:
            return answer.decode().partition('\r\n\r\n')[2]
        answer += part


paths, command = sys.argv[1].split(','), sys.argv[2:]
probe = socket.socket()
probe.bind(('127.0.0.1', 0))
port = probe.getsockname()[1]
probe.close()
os.environ['PORT'] = str(port)
server = subprocess.Popen([argument.replace('{port}', str(port)) for argument in command], stdout=sys.stderr)
try:
    for attempt in range(100):
        time.sleep(0.1)
        if server.poll() is not None:
            sys.exit('the server has ended')
        answer = ask(paths[0])
        if answer is not None:
            break
    else:
        sys.exit('the server does not answer')
    sys.stdout.write(answer)
    for path in paths[1:]:
        sys.stdout.write(ask(path))
finally:
    if server.poll() is None:
        server.terminate()
    server.wait()
