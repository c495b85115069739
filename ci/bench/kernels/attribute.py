"""Attributes: particles whose fields are read and written, in dicts of instances, in slots, and through properties."""


class Particle(object):
    drag = 0.875

    def __init__(self, place, speed):
        self.place = place
        self.speed = speed
        self.bounces = 0


class Counter(object):
    __slots__ = ("steps", "limit")

    def __init__(self, limit):
        self.steps = 0
        self.limit = limit

    @property
    def is_over(self):
        return self.steps >= self.limit


def move(particles, counter):
    while not counter.is_over:
        counter.steps += 1
        for particle in particles:
            particle.place += particle.speed
            if particle.place < 0 or particle.place > 100:
                particle.speed = -particle.speed * particle.drag
                particle.bounces += 1


def run():
    particles = [Particle(i * 9, 1 + i / 4.0) for i in range(12)]
    move(particles, Counter(12000))
    return [(particle.bounces, particle.place) for particle in particles]
