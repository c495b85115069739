import sys
# A debug build copies the string each time.
scale = 10 if hasattr(sys, 'gettotalrefcount') else 1
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
print(f(400000 // scale), len(g(300000 // scale)))
s = ''
for i in range(300000 // scale):
    s += 'y'
print(len(s))
def h(n):
    s = ''
    def k():
        return len(s)
    for i in range(n):
        s += 'z'
    return k()
print(h(200000 // scale))
print(7/2)
