"""A notebook without its pages: cells of numpy, scipy and pandas in a kernel of IPython: `notebook_app.py A B`."""

from __future__ import print_function

import json
import sys

from jupyter_client.manager import start_new_kernel

CELLS = [
    'import numpy as np, pandas as pd, scipy.optimize, scipy.stats, worker; n = NUMBER',
    'r = np.random.RandomState(n); a = r.rand(60, 60); float(np.linalg.det(a + np.eye(60))) > 0, a[:2, :2].round(3)',
    '''def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total
found = scipy.optimize.minimize(rosenbrock, [1.3, 0.7, 0.8 + n * 0.01, 1.9], method='Nelder-Mead')
found.x.round(3), found.nit''',
    '''frame = pd.DataFrame({'key': ['k%d' % (i * n % 7) for i in range(500)], 'value': np.arange(500) * 0.5})
frame.groupby('key').value.agg(['mean', 'sum', lambda values: max(values) - min(values)])''',
    "frame.apply(lambda row: len(row['key']) + row['value'], axis=1).describe()",
    "frame.pivot_table(index='key', columns=frame.value % 3, values='value', aggfunc='count').fillna(0).iloc[:3]",
    "scipy.stats.linregress(frame.value, frame.value * 2 + r.rand(500))[:2] > (1.9, 0)",
    '%%time\nsum(i for i in range(1000))',
    "1 / (n - n)",
    "[line for line in str(frame.head(2)).split('\\n')]",
    'undefined_name',
    'print(sorted(name for name in dir() if len(name) == 1))',
]


def run(client, code):
    """What a cell shows, but for times."""
    shown, printed = [], ''
    client.execute(code, allow_stdin=False)
    while True:
        message = client.get_iopub_msg(timeout=120)
        kind, content = message['msg_type'], message['content']
        if kind == 'stream':
            # It comes in as many parts as it happens to.
            printed += content['text']
        elif kind == 'execute_result':
            shown.append(content['data']['text/plain'])
        elif kind == 'error':
            shown.append(content['ename'] + ': ' + content['evalue'])
        elif kind == 'status' and content['execution_state'] == 'idle':
            return shown + ['times' if 'Wall time' in printed else printed]


def main():
    manager, client = start_new_kernel(kernel_name='python%d' % sys.version_info[0])
    try:
        if sys.argv[1] == 'worker':
            run(client, 'import json, worker')
            run(client, 'def hot(n):\n    return sum(i & 3 for i in range(n))\nfor i in range(300): hot(300)')
            print(run(client, 'print(json.dumps(worker.state()))')[-1].strip())
            return
        for number in range(int(sys.argv[1]), int(sys.argv[2])):
            for code in CELLS:
                print(number, run(client, code.replace('NUMBER', str(number))))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=False)


if __name__ == '__main__':
    main()
