"""xml.etree.ElementTree without its accelerator."""
from _shared import checksum, times, without
import io

without("_elementtree")
from xml.etree import ElementTree

row = '<row id="%d"><name lang="en">Name %d</name><value>%d</value><empty/></row>'
document = "<table>" + "".join(row % (i, i, i * i) for i in range(900)) + "</table>"
total = 0
for _ in range(times(25)):
    root = ElementTree.fromstring(document)
    total += sum(int(value.text) for value in root.findall("./row/value"))
    total += len(list(root.iter("name"))) + len(ElementTree.tostring(root))
checksum(total)
