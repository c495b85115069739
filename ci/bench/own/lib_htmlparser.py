"""HTMLParser over a page."""
try:
    from HTMLParser import HTMLParser
except ImportError:
    from html.parser import HTMLParser
from _shared import checksum, times


class Counter(HTMLParser):
    def __init__(self):
        HTMLParser.__init__(self)
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, len(attributes)))

    def handle_data(self, data):
        self.found.append(len(data))

    def handle_entityref(self, name):
        self.found.append(name)


item = '<li class="item" id=x%d><a href="/page?x=1&amp;y=%d">Item &lt;%d&gt;</a><br/><!-- note --> tail</li>\n'
page = "<html><body><ul>" + "".join(item % (i, i, i) for i in range(900)) + "</ul></body></html>"
total = 0
for _ in range(times(27)):
    parser = Counter()
    parser.feed(page)
    parser.close()
    total += len(parser.found)
checksum(total)
