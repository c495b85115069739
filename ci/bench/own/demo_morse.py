"""The Morse code of CPython's demos."""
# versions: 2.7
from _shared import checksum, program, text, times

morse = program("Demo", "scripts", "morse.py")


class Player(object):
    def __init__(self):
        self.data = []

    def writeframesraw(self, data):
        self.data.append(len(data))


player = Player()
for _ in range(times(1)):
    for line in text("textwrap.py").splitlines():
        morse.play(morse.morse(line), player, "wave")
checksum(sum(player.data))
