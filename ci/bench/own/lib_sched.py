"""sched: an event queue with a clock of its own."""
from _shared import checksum, times
import sched


class Clock(object):
    now = 0.0

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


clock = Clock()
scheduler = sched.scheduler(clock.time, clock.sleep)
fired = []


def event(number):
    fired.append(number)
    if number % 7:
        scheduler.enter(number % 5 + 1, number % 3, event, (number // 2,))


for i in range(times(50000)):
    scheduler.enterabs(clock.now + i % 50, 1, event, (i,))
    if i % 300 == 0:
        scheduler.run()
scheduler.run()
checksum((len(fired), sum(fired)))
