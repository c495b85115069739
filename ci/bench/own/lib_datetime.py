"""datetime in Python, and _strptime."""
# versions: 3.4 3.5
from _shared import checksum, times, without

without("_datetime")
import datetime

moment = datetime.datetime(2000, 1, 1, 12, 30)
step = datetime.timedelta(days=1, hours=5, minutes=7, seconds=11)
total = 0
for i in range(times(15000)):
    moment += step
    total += moment.toordinal() + moment.isocalendar()[1] + len(moment.isoformat()) + moment.weekday()
    if i % 10 == 0:
        total += datetime.datetime.strptime(moment.strftime("%Y-%m-%d %H:%M"), "%Y-%m-%d %H:%M").day
checksum(total)
