# A hot process forks: children run what was compiled, compile more, and so does the parent.
from __future__ import print_function
import multiprocessing
import os
import subprocess
import sys
import threading


def hot(n):
    total = 0
    for i in range(n):
        total += i % 7
    return total


def floats(n):
    x = 0.0
    for i in range(n):
        x += i * 0.5
    return x


def generate(n):
    for i in range(n):
        yield i * 2


def make(number):
    space = {}
    exec("def made(n):\n    total = 0\n    for i in range(n):\n        total += i ^ %d\n    return total" % number, space)
    return space["made"]


def in_child(function, *args):
    """What a child process computes."""
    read, write = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read)
            os.write(write, repr(function(*args)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    data = b""
    while True:
        chunk = os.read(read, 1000)
        if not chunk:
            break
        data += chunk
    os.close(read)
    return data.decode(), os.waitpid(child, 0)[1]


N = 30000
for attempt in range(2):
    print(hot(N), in_child(hot, N), in_child(floats, N), floats(N))
    print(in_child(lambda: [make(k)(N) for k in range(5)]), [make(k)(N) for k in range(5)])
    print(in_child(lambda: in_child(hot, N)))


def forks_inside(n):
    total = 0
    x = 0.5
    for i in range(n):
        total += i
        x += 0.25
        if i == n - 10:
            child = os.fork()
    if child == 0:
        sys.stdout.flush()
        os._exit(7 if (total, x) == (n * (n - 1) // 2, 0.5 + n * 0.25) else 8)
    return total, x, os.WEXITSTATUS(os.waitpid(child, 0)[1])


def generator_across_fork(n):
    numbers = generate(n)
    total = sum(next(numbers) for i in range(n // 2))
    return total, in_child(lambda: sum(numbers)), sum(numbers)


for attempt in range(2):
    print(forks_inside(N))
    print(generator_across_fork(N))

# While other threads compile and run hot code.
stop = []


def busy(seed):
    number = seed
    while not stop:
        make(number)(3000)
        number += 2


threads = [threading.Thread(target=busy, args=(seed,)) for seed in range(2)]
for thread in threads:
    thread.start()
results = set()
for attempt in range(25):
    results.add(in_child(lambda: (hot(N), make(attempt)(N) > 0, threading.active_count())))
stop.append(1)
for thread in threads:
    thread.join()
print(results)

# A server that forks workers after warming up.


def serve(requests, answers):
    while True:
        request = os.read(requests, 1)
        if not request or request == b"q":
            os._exit(0)
        os.write(answers, b"+" if hot(N) == expected and make(ord(request))(N) else b"-")


expected = hot(N)
request_read, request_write = os.pipe()
answer_read, answer_write = os.pipe()
workers = []
sys.stdout.flush()
for worker in range(3):
    child = os.fork()
    if child == 0:
        serve(request_read, answer_write)
    workers.append(child)
answers = b""
for request in range(12):
    os.write(request_write, b"r")
for request in range(12):
    answers += os.read(answer_read, 1)
os.write(request_write, b"q" * 3)
print(answers, [os.waitpid(child, 0)[1] for child in workers])

pool = multiprocessing.Pool(2)
print(pool.map(hot, [N, 10, N + 1, 20]))
pool.close()
pool.join()

code = "print(sum(i % 7 for i in range(30000)))"
process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, preexec_fn=lambda: hot(N))
print(process.communicate()[0].strip(), process.returncode)
