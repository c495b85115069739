"""Method calls, attributes and a little dispatch: tasks handing packets to each other."""


class Task(object):
    def __init__(self, name, peer):
        self.name = name
        self.peer = peer
        self.inbox = []
        self.work = 0

    def send(self, packet):
        self.peer.receive(packet)

    def receive(self, packet):
        self.inbox.append(packet)

    def step(self):
        if not self.inbox:
            return 0
        packet = self.inbox.pop()
        return self.handle(packet)

    def handle(self, packet):
        raise NotImplementedError


class Adder(Task):
    def handle(self, packet):
        self.work += packet
        if packet > 0:
            self.send(packet - 1)
        return 1


class Mixer(Task):
    def handle(self, packet):
        self.work = (self.work * 31 + packet) & 0xffff
        if packet > 0:
            self.send(packet - 1)
        return 1


def ring(size):
    tasks = []
    for i in range(size):
        kind = Adder if i % 2 else Mixer
        tasks.append(kind("task%d" % i, None))
    for i, task in enumerate(tasks):
        task.peer = tasks[(i + 1) % size]
    return tasks


def run(tasks, packets):
    steps = 0
    for packet in range(packets):
        tasks[packet % len(tasks)].receive(200)
        busy = 1
        while busy:
            busy = 0
            for task in tasks:
                busy += task.step()
            steps += busy
    return steps


tasks = ring(8)
print(run(tasks, 6000))
print([task.work for task in tasks])
