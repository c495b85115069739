"""xml.dom.minidom: building, searching and printing a document."""
from _shared import checksum, times
from xml.dom import minidom

row = '<row id="%d"><name lang="en">Name %d</name><value>%d</value><empty/></row>'
document = "<table>" + "".join(row % (i, i, i * i) for i in range(400)) + "</table>"
total = 0
for _ in range(times(21)):
    tree = minidom.parseString(document)
    total += sum(int(node.firstChild.data) for node in tree.getElementsByTagName("value"))
    total += len(tree.toxml()) + len(tree.toprettyxml())
checksum(total)
