"""What `multiprocessing` has: pools, queues, pipes, managers, locks and shared memory; `multiprocessing_app.py A B`."""

from __future__ import print_function

import json
import multiprocessing
import sys

import worker


def words(number):
    counts = {}
    for n in range(2000):
        word = 'w%d' % (n * number % 101)
        counts[word] = counts.get(word, 0) + 1
    return number, sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:3]


def fail(number):
    if number % 3 == 0:
        raise LookupError(number)
    return number


def consume(tasks, results):
    for number in iter(tasks.get, None):
        results.put((number, sum(d for d in range(1, number) if number % d == 0)))


def count(value, lock, turns):
    for _ in range(turns):
        with lock:
            value.value += 1


def talk(connection):
    while True:
        message = connection.recv()
        if message is None:
            break
        connection.send([each.upper() for each in message])
    connection.close()


def fill(shared, names, number):
    shared[number] = number * number
    names.append('n%d' % number)


def about_worker(_):
    for n in range(40):
        words(n)
    return worker.state()


def lot(pool, number):
    print(pool.map(words, range(number, number + 12)))
    print(list(pool.imap(words, range(4), chunksize=2))[-1], sorted(pool.imap_unordered(fail, [1, 2, 4, 5])))
    for n in range(3):
        answer = pool.apply_async(fail, [number * 3 + n])
        try:
            print(answer.get(60))
        except LookupError as error:
            print(repr(error))
    tasks, results = multiprocessing.Queue(), multiprocessing.Queue()
    consumers = [multiprocessing.Process(target=consume, args=(tasks, results)) for _ in range(2)]
    for each in consumers:
        each.start()
    for n in range(200, 230):
        tasks.put(n + number)
    for _ in consumers:
        tasks.put(None)
    print(sorted(results.get(timeout=60) for _ in range(30)))
    value, lock = multiprocessing.Value('i', 0), multiprocessing.Lock()
    counters = [multiprocessing.Process(target=count, args=(value, lock, 300)) for _ in range(2)]
    ours, theirs = multiprocessing.Pipe()
    talker = multiprocessing.Process(target=talk, args=(theirs,))
    for each in counters + [talker]:
        each.start()
    for n in range(20):
        ours.send(['a%d' % n, 'b'])
        print(ours.recv(), end=' ')
    ours.send(None)
    for each in consumers + counters + [talker]:
        each.join(60)
        print(each.exitcode, end=' ')
    print(value.value)
    manager = multiprocessing.Manager()
    shared, names = manager.dict(), manager.list()
    fillers = [multiprocessing.Process(target=fill, args=(shared, names, n)) for n in range(4)]
    for each in fillers:
        each.start()
    for each in fillers:
        each.join(60)
    print(sorted(shared.items()), sorted(names))
    manager.shutdown()


def main():
    pool = multiprocessing.Pool(2)
    if sys.argv[1] == 'worker':
        for state in pool.map(about_worker, range(8), chunksize=1):
            print(json.dumps(state))
    else:
        for number in range(int(sys.argv[1]), int(sys.argv[2])):
            lot(pool, number)
    pool.close()
    pool.join()


if __name__ == '__main__':
    main()
