"""The same kind of loop at module level: its variables are globals, its code runs once."""
total = 0
i = 0
while i < 20000000:
    total = (total + i * 3) & 0xffffff
    i += 1
print(total)
