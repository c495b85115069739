# Functions with more locals, tracked globals and nested loops than any small table holds.
from __future__ import print_function


def locals_many(n):
    v0 = 0
    v1 = 1.5
    v2 = 2
    v3 = 3.5
    v4 = 4
    v5 = 5.5
    v6 = 6
    v7 = 7.5
    v8 = 8
    v9 = 9.5
    v10 = 10
    v11 = 11.5
    v12 = 12
    v13 = 13.5
    v14 = 14
    v15 = 15.5
    v16 = 16
    v17 = 17.5
    v18 = 18
    v19 = 19.5
    v20 = 20
    v21 = 21.5
    v22 = 22
    v23 = 23.5
    v24 = 24
    v25 = 25.5
    v26 = 26
    v27 = 27.5
    v28 = 28
    v29 = 29.5
    v30 = 30
    v31 = 31.5
    v32 = 32
    v33 = 33.5
    v34 = 34
    v35 = 35.5
    v36 = 36
    v37 = 37.5
    v38 = 38
    v39 = 39.5
    v40 = 40
    v41 = 41.5
    v42 = 's42'
    v43 = None
    v44 = 44
    v45 = 45.5
    v46 = 's46'
    v47 = None
    v48 = 48
    v49 = 49.5
    v50 = 's50'
    v51 = None
    v52 = 52
    v53 = 53.5
    v54 = 's54'
    v55 = None
    v56 = 56
    v57 = 57.5
    v58 = 's58'
    v59 = None
    for i in range(n):
        v0 = v0 + i
        v1 = v1 + 0.5
        v2 = v2 + i
        v3 = v3 + 0.5
        v4 = v4 + i
        v5 = v5 + 0.5
        v6 = v6 + i
        v7 = v7 + 0.5
        v8 = v8 + i
        v9 = v9 + 0.5
        v10 = v10 + i
        v11 = v11 + 0.5
        v12 = v12 + i
        v13 = v13 + 0.5
        v14 = v14 + i
        v15 = v15 + 0.5
        v16 = v16 + i
        v17 = v17 + 0.5
        v18 = v18 + i
        v19 = v19 + 0.5
        v20 = v20 + i
        v21 = v21 + 0.5
        v22 = v22 + i
        v23 = v23 + 0.5
        v24 = v24 + i
        v25 = v25 + 0.5
        v26 = v26 + i
        v27 = v27 + 0.5
        v28 = v28 + i
        v29 = v29 + 0.5
        v30 = v30 + i
        v31 = v31 + 0.5
        v32 = v32 + i
        v33 = v33 + 0.5
        v34 = v34 + i
        v35 = v35 + 0.5
        v36 = v36 + i
        v37 = v37 + 0.5
        v38 = v38 + i
        v39 = v39 + 0.5
        v40 = v40 + i
        if i == n // 2:
            v3 = 7
            v4 = 0.25
        if i == n - 10:
            v6 = 1 << 70
    return [v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43, v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57, v58, v59]


print(locals_many(3000))
for k in range(500):
    r = locals_many(3)
print(r)

g0 = 0.5
g1 = 1
g2 = 2
g3 = 3.5
g4 = 4
g5 = 5
g6 = 6.5
g7 = 7
g8 = 8
g9 = 9.5
g10 = 10
g11 = 11
g12 = 12.5
g13 = 13
g14 = 14
g15 = 15.5
g16 = 16
g17 = 17
g18 = 18.5
g19 = 19
g20 = 20
g21 = 21.5
g22 = 22
g23 = 23
for i in range(3000):
    g0 = g1 + 1
    g1 = g1 + 2
    g2 = g2 + 3
    g3 = g3 + 4
    g4 = g4 + 1
    g5 = g6 + 2
    g6 = g6 + 3
    g7 = g7 + 4
    g8 = g8 + 1
    g9 = g9 + 2
    g10 = g11 + 3
    g11 = g11 + 4
    g12 = g12 + 1
    g13 = g13 + 2
    g14 = g14 + 3
    g15 = g16 + 4
    g16 = g16 + 1
    g17 = g17 + 2
    g18 = g18 + 3
    g19 = g19 + 4
    g20 = g21 + 1
    g21 = g21 + 2
    g22 = g22 + 3
    g23 = g23 + 4
    if i == 2000:
        g1 = 'text'
        g2 = None
        g7 = 1 << 62
        try:
            g1 = g1 + 1
        except TypeError:
            g1 = 1
        g2 = 2
print([g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19, g20, g21, g22, g23])


def nested():
    total = 0
    for a0 in range(3):
        for a1 in range(3):
            for a2 in range(3):
                for a3 in range(3):
                    for a4 in range(3):
                        for a5 in range(3):
                            for a6 in range(3):
                                for a7 in range(3):
                                    total += a0 * 0 + a1 * 1 + a2 * 2 + a3 * 3 + a4 * 4 + a5 * 5 + a6 * 6 + a7 * 7
    return total, a0, a1, a2, a3, a4, a5, a6, a7


print(nested())


def mutual(n):
    i = 0
    x = y = z = None
    while i < n:
        i += 1
        if i % 3 == 0:
            x = i
        if i % 5 == 0:
            y = i * 0.5
        if i % 7 == 0:
            z = str(i)
        if i % 105 == 0:
            x = y = z = None
        if x is not None and y is not None:
            if x > y:
                x, y = y, x
            elif z is not None:
                x, y, z = y, z, x
                if not isinstance(y, float):
                    y = float(y or 0)
    return x, y, z


print(mutual(5000), [mutual(k) for k in range(500)][-1])
