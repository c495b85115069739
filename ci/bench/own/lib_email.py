"""email: parsing and generating messages."""
from _shared import checksum, times
import email
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, parseaddr, parsedate

total = 0
for i in range(times(790)):
    message = MIMEMultipart()
    message["Subject"] = "Subject number %d " % i + "long " * 30
    message["From"] = "Somebody <somebody@example.com>"
    message["Date"] = formatdate(1000000 * i)
    for part in range(4):
        message.attach(MIMEText("text %d\n" % part * 20))
    message.set_boundary("=====boundary=====")
    parsed = email.message_from_string(message.as_string())
    total += sum(len(part.get_payload()) for part in parsed.walk()) + len(parseaddr(parsed["From"])[1])
    total += parsedate(parsed["Date"])[0]
checksum(total)
