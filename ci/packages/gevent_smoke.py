"""What every program with gevent does, in the modules that were compiled: `-m unittest gevent_smoke`."""
import unittest

import gevent
import gevent.event
import gevent.greenlet
import gevent.hub
import gevent.local
import gevent.pool
import gevent.queue


class Smoke(unittest.TestCase):
    def test_compiled_modules_are_used(self):
        for name in ['greenlet', 'queue', 'local', 'event', '_greenlet_primitives', '_semaphore', '_waiter']:
            module = __import__('gevent._gevent_c' + name, fromlist=['x'])
            self.assertTrue(module.__file__.endswith('.so'), module.__file__)
        self.assertEqual(gevent.Greenlet.__module__, 'gevent._gevent_cgreenlet')

    def test_spawn_and_join(self):
        def work(n):
            total = 0
            for i in range(n):
                total += i
                if i % 100 == 0:
                    gevent.sleep(0)
            return total
        greenlets = [gevent.spawn(work, n) for n in range(0, 5000, 500)]
        gevent.joinall(greenlets, raise_error=True)
        self.assertEqual([g.value for g in greenlets], [sum(range(n)) for n in range(0, 5000, 500)])

    def test_queue(self):
        queue, seen = gevent.queue.Queue(maxsize=3), []

        def produce():
            for i in range(2000):
                queue.put(i)
            queue.put(StopIteration)

        def consume():
            for item in queue:
                seen.append(item)
        gevent.joinall([gevent.spawn(produce), gevent.spawn(consume)], raise_error=True)
        self.assertEqual(seen, list(range(2000)))

    def test_errors_and_where_they_came_from(self):
        def fail():
            gevent.sleep(0)
            return {}['missing']
        greenlet = gevent.spawn(fail)
        greenlet.join()
        self.assertTrue(isinstance(greenlet.exception, KeyError))
        frames, traceback = [], greenlet.exc_info[2]
        while traceback is not None:
            frames.append(traceback.tb_frame.f_code.co_name)
            traceback = traceback.tb_next
        self.assertEqual(frames[-1], 'fail')

    def test_where_it_was_spawned(self):
        greenlet = gevent.spawn(lambda: None)
        names, frame = [], greenlet.spawning_stack
        while frame is not None:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        greenlet.join()
        self.assertTrue('test_where_it_was_spawned' in names, names)

    def test_kill_and_timeout(self):
        greenlet = gevent.spawn(gevent.sleep, 1000)
        with gevent.Timeout(0.01, False):
            greenlet.get()
        self.assertFalse(greenlet.dead)
        greenlet.kill()
        self.assertTrue(greenlet.dead)

    def test_locals_are_of_one_greenlet(self):
        class Mine(gevent.local.local):
            def __init__(self, start):
                self.values = [start]
        mine = Mine(-1)

        def work(n):
            for i in range(20):
                mine.values.append(n)
                gevent.sleep(0)
            return mine.values
        greenlets = [gevent.spawn(work, n) for n in range(5)]
        gevent.joinall(greenlets, raise_error=True)
        self.assertEqual([g.value for g in greenlets], [[-1] + [n] * 20 for n in range(5)])
        self.assertEqual(mine.values, [-1])

    def test_pool(self):
        pool = gevent.pool.Pool(3)
        self.assertEqual(pool.map(lambda n: n * n, range(50)), [n * n for n in range(50)])
        self.assertEqual(list(pool.imap(lambda n: n + 1, range(50))), list(range(1, 51)))
