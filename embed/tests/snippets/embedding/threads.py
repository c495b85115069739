# Threads in hot loops share code objects, take turns, and see each other's writes.
from __future__ import print_function
import threading


def work(n, results, index):
    total = 0
    for i in range(n):
        total += i % 7
    results[index] = total


def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


def spin(flag):
    count = 0
    while not flag:
        count += 1
    return count


def generate(n):
    for i in range(n):
        yield i


def consume(results, index):
    results[index] = (sum(generate(4000)), recursive(15))


def run(target, arguments):
    threads = [threading.Thread(target=target, args=args) for args in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


results = [None] * 4
run(work, [(20000, results, index) for index in range(4)])
print(results)
run(consume, [(results, index) for index in range(4)])
print(results)

for attempt in range(5):
    flag = []
    spun = []
    thread = threading.Thread(target=lambda: spun.append(spin(flag)))
    thread.start()
    total = 0
    for i in range(20000):
        total += i
    flag.append(1)
    thread.join(20)
    print(total, thread.is_alive(), len(spun))

lock = threading.Lock()
counter = [0]


def locked(n):
    for i in range(n):
        with lock:
            counter[0] += 1


run(locked, [(3000,)] * 4)
print(counter)
