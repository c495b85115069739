import os, signal
log=[]
def h(s,f): log.append(f.f_lineno); raise KeyboardInterrupt
signal.signal(signal.SIGINT,h)
def t():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        log.append('caught')
    else:
        log.append('not')
for i in range(5):
    try: t()
    except KeyboardInterrupt: log.append('late')
print(log)
