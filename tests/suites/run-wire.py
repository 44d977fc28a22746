#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run any SPF checker, as a command, over a suite JSON against zone-dns.py on loopback (stdlib only).

  run-wire.py SUITE.json --cmd 'CHECKER --resolver 127.0.0.1:{port} --ip {ip} --mail-from {mailfrom} --helo {helo}' [--port 5399]

--cmd       split like a shell line, then {ip} {mailfrom} {helo} {port} {server} {identity} are put in; identity is mailfrom, or helo
            where mailfrom is empty. A word that is only an empty placeholder stays as an empty argument.
--result    regex with one group, searched in stdout+stderr (default: the first of none/neutral/pass/fail/softfail/temperror/permerror as a word)
--explain   regex with one group for the explanation text; without it explanations are not compared
--only S/T  scenario or test names that contain this text        --json FILE   write the per-test outcome
--zone-args 'ARGS'  more options for zone-dns.py; write it with =, e.g. --zone-args=--force-tc, --zone-args='--timeout-as servfail'
Last line is 'N passed, N failed, N skipped'; exit 0 only when none failed."""
import sys, os, json, re, shlex, subprocess, argparse, time
HERE=os.path.dirname(os.path.abspath(__file__))
RES='none|neutral|pass|fail|softfail|temperror|permerror'
def main():
    ap=argparse.ArgumentParser(description=__doc__,formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('suite'); ap.add_argument('--cmd',required=True); ap.add_argument('--port',type=int,default=5399)
    ap.add_argument('--result'); ap.add_argument('--explain'); ap.add_argument('--only'); ap.add_argument('--json'); ap.add_argument('--zone-args',default=''); ap.add_argument('--limit',type=float,default=40); ap.add_argument('-v',action='store_true')
    o=ap.parse_args()
    rx=re.compile(o.result or r'\b(%s)\b'%RES,re.M|re.I); ex=o.explain; ex=re.compile(ex,re.M) if ex else None
    suite=json.load(open(o.suite)); ok=bad=skip=pref=0; out=[]; expbad=0
    z=subprocess.Popen([sys.executable,HERE+'/zone-dns.py',o.suite,'0','--port',str(o.port),'--exit-on-eof']+shlex.split(o.zone_args),stdin=subprocess.PIPE,stdout=subprocess.PIPE,stderr=subprocess.DEVNULL,text=True)
    ready=z.stdout.readline().split()
    if ready[:1]!=['READY']: sys.exit('zone-dns.py did not start')
    o.port=int(ready[2])     # --port 0 takes a free one
    def ctl(s): z.stdin.write(s+'\n'); z.stdin.flush(); return z.stdout.readline().strip()
    try:
        for i,s in enumerate(suite['scenarios']):
            sel=None
            for t in s['tests']:
                if o.only and o.only not in s['description'] and o.only not in t['name']: continue
                if t.get('skip'): skip+=1; continue
                if sel!=i: r=ctl('scenario %d'%i); assert r.startswith('OK'),r; sel=i
                mf=t['mailfrom']; v=dict(ip=t['host'],mailfrom=mf,helo=t['helo'],port=str(o.port),server='127.0.0.1',identity=mf or t['helo'],scope='mfrom' if mf else 'helo',sender=mf)
                a=[re.sub(r'\{(\w+)\}',lambda m:v[m.group(1)],w) for w in shlex.split(o.cmd)]
                t0=time.time()
                try:
                    p=subprocess.run(a,stdout=subprocess.PIPE,stderr=subprocess.STDOUT,stdin=subprocess.DEVNULL,timeout=o.limit); txt=p.stdout.decode('utf-8','replace'); m=rx.search(txt); got=m.group(1).lower() if m else 'no-result(exit %d): %s'%(p.returncode,txt.strip()[:100])
                except subprocess.TimeoutExpired: txt='';got='timeout'
                got={'unknown':'permerror','error':'temperror','(invalid)':'permerror'}.get(got,got)
                good=got in t['results']; e=None
                if good and ex and 'explanation' in t:
                    m=ex.search(txt); e=m.group(1).rstrip('\n') if m else ''
                    if e!=t['explanation']: good=False; expbad+=1
                ok+=good; bad+=not good; pref+=good and got==t['results'][0]
                out.append(dict(scenario=s['description'],test=t['name'],want=t['results'],got=got,ok=good,explanation=e,seconds=round(time.time()-t0,2)))
                if not good or o.v: print('ok  ' if good else 'FAIL',s['description'],'/',t['name'],'want',','.join(t['results']),'got',got,('explanation %r want %r'%(e,t['explanation'])) if e is not None and not good else '',flush=True)
    finally:
        z.stdin.close(); z.wait(5)
    if o.json: json.dump(out,open(o.json,'w'),indent=1)
    print('%s: %s%s, %d right result, %d with the preferred result, %d wrong explanation only'%(suite['suite'],'cmd',' (explanations compared)' if ex else '',ok+expbad,pref,expbad))
    print('%d passed, %d failed, %d skipped'%(ok,bad,skip)); sys.exit(1 if bad else 0)
main()
