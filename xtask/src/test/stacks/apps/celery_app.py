"""Tasks of Celery with Redis between: `celery worker` runs them, `celery_app.py N` sends work and prints results."""

from __future__ import print_function

import os
import sys

from celery import Celery, chain, chord, group

import worker

app = Celery('celery_app', broker=os.environ['STACK_REDIS'], backend=os.environ['STACK_REDIS'])
app.conf.update(worker_hijack_root_logger=False, result_expires=300, worker_prefetch_multiplier=8)


@app.task(name='count')
def count(text):
    words = {}
    for word in text.split():
        words[word] = words.get(word, 0) + 1
    return sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:5]


@app.task(name='primes')
def primes(first, last):
    return [n for n in range(max(first, 2), last) if all(n % d for d in range(2, int(n ** 0.5) + 1))]


@app.task(name='add')
def add(a, b):
    return a + b


@app.task(name='total')
def total(numbers):
    return sum(numbers)


@app.task(name='fail')
def fail(number):
    raise ValueError('no %d' % number)


@app.task(name='again', bind=True, max_retries=2, default_retry_delay=0)
def again(self, number):
    if self.request.retries < 2:
        raise self.retry(exc=KeyError(number), countdown=0)
    return [number, self.request.retries]


@app.task(name='worker')
def about_worker():
    return worker.state()


def send(number):
    """Prints the results of one lot."""
    text = ' '.join('word%d' % (number * n % 17) for n in range(300))
    jobs = group([count.s(text + str(n)) for n in range(8)] + [primes.s(n * 100, n * 100 + 150) for n in range(8)])
    sent = jobs.apply_async()
    failing = [fail.delay(number + n) for n in range(3)]
    retried = again.delay(number)
    chained = chain(add.s(number, 1), add.s(2), add.s(3)).apply_async()
    gathered = chord([add.s(n, number) for n in range(5)], total.s()).apply_async()
    print(sent.get(timeout=60))
    for each in failing:
        each.get(timeout=60, propagate=False)
        print(each.state, type(each.result).__name__, each.result)
    print(retried.get(timeout=60), chained.get(timeout=60), gathered.get(timeout=60))


def main():
    if sys.argv[1] == 'worker':
        import json
        for _ in range(20):
            print(json.dumps(about_worker.delay().get(timeout=60)))
    else:
        first, last = int(sys.argv[1]), int(sys.argv[2])
        for number in range(first, last):
            send(number)


if __name__ == '__main__':
    main()
