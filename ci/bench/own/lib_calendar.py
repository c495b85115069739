"""calendar: years as text and as HTML."""
from _shared import checksum, times
import calendar

total = 0
for year in range(1990, 1990 + times(800)):
    total += len(calendar.TextCalendar().formatyear(year)) + len(calendar.HTMLCalendar().formatyear(year))
    total += sum(len(week) for week in calendar.monthcalendar(year, 5))
checksum(total)
