"""What a client has a cluster of `distributed` do: `distributed_app.py worker`, or `distributed_app.py A B`."""

from __future__ import print_function

import json
import os
import sys
import time

import dask.array
import dask.bag
from dask import delayed
from distributed import Client, Variable, as_completed

import worker


def parse(line):
    name, _, number = line.partition(': ')
    return {'name': name.strip(), 'number': int(number), 'digits': sum(int(digit) for digit in number)}


def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def fail(number):
    return {}[number]


def about_worker():
    for n in range(1, 3000):
        collatz(n)
    return worker.state()


def lot(client, number):
    futures = client.map(collatz, range(number + 1, number + 200))
    print(sum(future.result() for future in as_completed(futures)), client.gather(futures)[:10])
    bag = dask.bag.from_sequence(['n%d: %d' % (n % 7, n * number) for n in range(1, 400)], npartitions=8)
    parsed = bag.map(parse).filter(lambda row: row['digits'] % 2)
    folded = parsed.foldby('name', lambda total, row: total + row['number'], 0, lambda a, b: a + b, 0)
    print(sorted(folded.compute()), parsed.count().compute())
    array = dask.array.arange(number * 1000 + 1000, chunks=100).reshape((-1, 10))
    print(int((array * array.T.sum()).sum().compute()), float(array.mean().compute()))
    layer = [delayed(collatz)(n + number) for n in range(1, 33)]
    while len(layer) > 1:
        layer = [delayed(max)(a, b) for a, b in zip(layer[::2], layer[1::2])]
    print(layer[0].compute())
    for future in client.map(fail, range(number, number + 3)):
        print(type(future.exception()).__name__, future.exception().args)
    variable = Variable('v%d' % number, client)
    variable.set(client.scatter(number))
    print(variable.get().result())


def main():
    client = Client(os.environ['STACK_SCHEDULER'], timeout=60)
    while len(client.scheduler_info()['workers']) < 2:
        time.sleep(0.05)
    client.upload_file(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'worker.py'))
    if sys.argv[1] == 'worker':
        for state in client.run(about_worker).values():
            print(json.dumps(state))
    else:
        for number in range(int(sys.argv[1]), int(sys.argv[2])):
            lot(client, number)
    client.close()


if __name__ == '__main__':
    main()
