# A function too large to be compiled whole (in mode tiny-functions): exceptions raised in the part that is.
import sys

lines = ["def f(d, n):", "    a = b = c = 1", "    for i in range(n):", "        if i == 3: a += d[n]"]
for number in range(12):
    lines.append("        try:")
    lines.append("            a += d[%d if i %% 3 else %d]" % (number, number + 2))
    for _ in range(6):
        lines.append("            b = (a + b * c - d[1]) % 1009; c = (b - a + d[0] * b) % 1013")
    lines.append("        except KeyError:")
    lines.append("            a -= sys.exc_info()[2].tb_lineno % 7")
    lines.append("        finally:")
    lines.append("            c = c * 3 % 1019")
lines.append("        d.pop(i, None)")
lines.append("    return a, b, c, d.get(n)")
exec("\n".join(lines))

for n in (2, 5, 11):
    table = dict((key, key * key) for key in range(12) if key < 2 or key % n)
    try:
        print(n, f(table, n))
    except KeyError as e:
        print(n, e, sys.exc_info()[2].tb_next.tb_lineno)
