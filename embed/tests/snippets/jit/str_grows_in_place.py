import sys
def f(n):
    s = ''
    for i in range(n):
        s += 'abcdefgh'
    return len(s)
def g(n):
    s = ''; t = 0
    while t < n:
        s = s + 'x'; t += 1
    return s
print(f(400000), len(g(300000)))
s = ''
for i in range(300000):
    s += 'y'
print(len(s))
def h(n):
    s = ''
    def k():
        return len(s)
    for i in range(n):
        s += 'z'
    return k()
print(h(200000))
print(7/2)
