#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""zone-dns.py - loopback DNS server for one scenario of a suite JSON file (stdlib only).

  zone-dns.py SUITE.json [SCENARIO] [--addr 127.0.0.1] [--port 5353] [options]

SCENARIO   index (0..) or the start of a description; default 0.
Prints "READY addr port" when the sockets are bound, then serves UDP and TCP until stdin says
"quit", SIGTERM, or (with --exit-on-eof) end of stdin.

Control, line by line on stdin (each answered with one line on stdout):
  scenario N|TEXT   serve another scenario         file PATH [N]   load another suite
  list              all scenarios on one line      stats           queries since the last stats/scenario
  zone {json}       serve this zone[] list         quit
Control over DNS (any client, class CH): TXT "N.scenario.zone-dns" selects scenario N, TXT "stats.zone-dns" the
  query counts:  dig @127.0.0.1 -p 5353 CH TXT 5.scenario.zone-dns

Options
  --all-addr 127.53.0.1   also serve scenario i at 127.53.0.(1+i), same port, all at once
  --log FILE      append "scenario proto qname qtype rcode answers" for every query (- = stderr)
  --timeout-as drop|servfail   what a 'timeout' entry does (default drop: no reply at all)
  --force-tc      every UDP answer with records is truncated (tests TCP fallback)
  --udp-max N     UDP payload limit without EDNS (default 512); EDNS size is honoured up to 4096
  --no-edns       answer queries that carry OPT with FORMERR
  --owner zone    answer with the owner name as the zone spells it (default: as the query spelt it)
  --cname-loop answer|servfail  reply to a CNAME loop (default answer: the chain, no final record)
  --empty-txt string|raw  a TXT with no strings: one empty string (default) or RDLENGTH 0
  --delay MS      wait before every answer
  --ttl N         TTL of every record and of negative answers (default 0, so that a client's own cache,
                  e.g. c-ares 1.31+, never carries answers from one scenario into the next)
"""
import sys, os, json, socket, struct, threading, argparse, time, select, ipaddress
T={'A':1,'NS':2,'CNAME':5,'SOA':6,'PTR':12,'MX':15,'TXT':16,'AAAA':28,'SRV':33,'DNAME':39,'OPT':41,'TLSA':52,'CAA':257,'SPF':99,'ANY':255,'DS':43,'RRSIG':46,'DNSKEY':48}
N={v:k for k,v in T.items()}
RC={0:'NOERROR',1:'FORMERR',2:'SERVFAIL',3:'NXDOMAIN',4:'NOTIMP',5:'REFUSED',-1:'DROP'}

class BadName(ValueError): pass
def octets(s):
    try: return s.encode('latin-1')
    except UnicodeEncodeError: return s.encode('utf-8')     # not one of the SPF suites: real text
def labels(name):
    """'a.b\\.c' -> [b'a', b'b.c'] ; octets are latin-1; \\. \\\\ and \\DDD as in master files"""
    out=[];cur=bytearray();i=0;b=octets(name)
    while i<len(b):
        c=b[i]
        if c==0x5c and i+1<len(b):
            if b[i+1:i+4].isdigit() and len(b[i+1:i+4])==3: cur.append(int(b[i+1:i+4])&255); i+=4; continue
            cur.append(b[i+1]); i+=2; continue
        if c==0x2e: out.append(bytes(cur)); cur=bytearray()
        else: cur.append(c)
        i+=1
    if cur: out.append(bytes(cur))
    if out and any(len(l)==0 for l in out): raise BadName('empty label: '+name)
    if any(len(l)>63 for l in out) or sum(len(l)+1 for l in out)+1>255: raise BadName('too long: '+name)
    return out
def wire(ls): return b''.join(bytes([len(l)])+l for l in ls)+b'\0'
def low(ls): return tuple(l.lower() for l in ls)
def show(ls): return '.'.join(''.join(chr(c) if 33<=c<127 and c not in b'.\\' else '\\%03d'%c for c in l) for l in ls) or '.'

class Zone:
    def __init__(self,entries,opt):
        self.rr={}; self.exist=set(); self.warn=[]; self.opt=opt
        for e in entries:
            try: ls=labels(e['name'])
            except BadName as x: self.warn.append(str(x)); continue
            k=low(ls); d=self.rr.setdefault(k,{'spell':ls,'rr':{},'fail':{},'anyfail':None})
            for i in range(len(k)): self.exist.add(k[i:])
            t=e['type'].upper(); f='timeout' if e.get('timeout') else 'servfail' if e.get('servfail') else ('rcode',e['rcode']) if 'rcode' in e else None
            if f:
                if t=='ANY': d['anyfail']=f
                else: d['fail'][T[t]]=f
                continue
            if e.get('none'): continue
            try: rd=self.rdata(t,e)
            except BadName as x: self.warn.append('%s %s: %s'%(e['name'],t,x)); continue
            if t.startswith('TYPE'): num=int(t[4:])
            else: num=T[t]
            d['rr'].setdefault(num,[]).append((e.get('ttl',self.opt.ttl),rd))
    def rdata(self,t,e):
        if 'rdata_hex' in e: return bytes.fromhex(e['rdata_hex'])
        v=e.get('data','')
        if t=='A': return ipaddress.IPv4Address(v).packed
        if t=='AAAA': return ipaddress.IPv6Address(v).packed
        if t in('PTR','CNAME','NS','DNAME'): return wire(labels(v))
        if t=='MX': return struct.pack('!H',int(e.get('prio',0)))+wire(labels(v))
        if t=='SRV':
            return struct.pack('!HHH',int(e.get('prio',0)),int(e.get('weight',0)),int(e.get('port',0)))+wire(labels(v))
        if t in('TXT','SPF'):
            ss=e['strings'] if 'strings' in e else [v]
            if not ss: return b'' if self.opt.empty_txt=='raw' else b'\0'
            out=b''
            for s in ss:
                b=octets(s)
                for i in range(0,max(len(b),1),255): c=b[i:i+255]; out+=bytes([len(c)])+c
            return out
        if t=='TLSA': return struct.pack('!BBB',e['usage'],e['selector'],e['mtype'])+bytes.fromhex(v)
        if t=='CAA': g=e.get('tag','issue').encode(); return bytes([e.get('flags',0),len(g)])+g+octets(v)
        raise SystemExit('no encoder for type '+t)
    def failure(self,d,qt):
        if qt in d['fail']: return d['fail'][qt]
        if d['anyfail'] and qt not in d['rr'] and T['CNAME'] not in d['rr']: return d['anyfail']
    def resolve(self,ls,qt):
        """-> (rcode, [(owner labels, type, ttl, rdata)]) ; rcode -1 = say nothing"""
        ans=[];seen=set();cur=ls
        while True:
            k=low(cur); d=self.rr.get(k)
            if d is None:
                if k in self.exist: return 0,ans
                return 3,ans
            f=self.failure(d,qt)
            if f=='timeout': return (-1 if self.opt.timeout_as=='drop' else 2),[]
            if f=='servfail': return 2,[]
            if f: return f[1],[]
            own=d['spell'] if self.opt.owner=='zone' else cur
            if qt==T['ANY']:
                for t,l in d['rr'].items(): ans+=[(own,t,ttl,rd) for ttl,rd in l]
                return 0,ans
            if qt in d['rr']:
                ans+=[(own,qt,ttl,rd) for ttl,rd in d['rr'][qt]]; return 0,ans
            c=d['rr'].get(T['CNAME'])
            if not c: return 0,ans
            if k in seen or len(seen)>16: return (0,ans) if self.opt.cname_loop=='answer' else (2,[])
            seen.add(k); ans.append((own,T['CNAME'],c[0][0],c[0][1]))
            cur=[];p=0;b=c[0][1]
            while b[p]: cur.append(b[p+1:p+1+b[p]]); p+=1+b[p]
            if not cur: return 0,ans

class Server:
    def __init__(self,opt):
        self.opt=opt; self.lock=threading.Lock(); self.count={}; self.log=None
        if opt.log: self.log=sys.stderr if opt.log=='-' else open(opt.log,'a',buffering=1)
        self.load(opt.file); self.by_addr={}; self.select(opt.scenario)
    def load(self,path):
        self.suite=json.load(open(path)); self.sc=self.suite['scenarios'] if 'scenarios' in self.suite else [self.suite]
        self.zones=[None]*len(self.sc)
    def zone(self,i):
        if self.zones[i] is None:
            self.zones[i]=Zone(self.sc[i]['zone'],self.opt)
            for w in self.zones[i].warn: print('zone-dns: scenario %d: unencodable, left out: %s'%(i,w),file=sys.stderr)
        return self.zones[i]
    def find(self,s):
        s=str(s)
        if s.isdigit() and int(s)<len(self.sc): return int(s)
        for i,c in enumerate(self.sc):
            if c['description'].lower().startswith(s.lower()): return i
        raise KeyError(s)
    def select(self,s): self.cur=self.find(s); self.curzone=self.zone(self.cur); self.count={}
    def control(self,line):
        w=line.strip().split(' ',1); a=w[1] if len(w)>1 else ''
        try:
            if w[0]=='scenario': self.select(a); return 'OK %d %s'%(self.cur,self.sc[self.cur]['description'])
            if w[0]=='file':
                p=a.split(); self.load(p[0]); self.select(p[1] if len(p)>1 else 0); return 'OK %d scenarios'%len(self.sc)
            if w[0]=='list': return ' | '.join('%d %s'%(i,c['description']) for i,c in enumerate(self.sc))
            if w[0]=='zone': self.curzone=Zone(json.loads(a),self.opt); self.count={}; return 'OK zone'
            if w[0]=='stats': r=json.dumps(self.count,sort_keys=True); self.count={}; return r
            if w[0]=='quit': return None
        except Exception as x: return 'ERR %s: %s'%(type(x).__name__,x)
        return 'ERR unknown control: '+w[0]
    def handle(self,msg,proto,addr):
        """one request -> reply bytes, or None to stay silent"""
        if len(msg)<12: return None
        qid,fl,qd,an,ns,ar=struct.unpack('!6H',msg[:12])
        if fl&0x8000: return None
        def err(rc,q=b''): return struct.pack('!6H',qid,0x8480|(fl&0x0100)|rc,1 if q else 0,0,0,0)+q
        if (fl>>11)&15: return err(4)
        if qd!=1: return err(1)
        p=12;ls=[]
        try:
            while msg[p]:
                if msg[p]&0xc0: return err(1)
                ls.append(msg[p+1:p+1+msg[p]]); p+=1+msg[p]
            p+=1; qt,qc=struct.unpack('!2H',msg[p:p+4]); p+=4
        except (IndexError,struct.error): return err(1)
        q=msg[12:p]; edns=None
        if ar and len(msg)>=p+11 and msg[p]==0 and struct.unpack('!H',msg[p+1:p+3])[0]==41:
            edns=struct.unpack('!H',msg[p+3:p+5])[0]
            if self.opt.no_edns: return err(1,q)
        if qc==3:   # class CH: control
            n=[l.decode('latin-1').lower() for l in ls]
            if n[-2:]==['scenario','zone-dns'] and len(n)==3: r=self.control('scenario '+n[0])
            elif n==['stats','zone-dns']: r=self.control('stats')
            else: return err(5,q)
            b=r.encode('latin-1','replace'); rd=b''.join(bytes([len(b[i:i+255])])+b[i:i+255] for i in range(0,len(b),255))
            return struct.pack('!6H',qid,0x8480|(fl&0x0100),1,1,0,0)+q+struct.pack('!HHHIH',0xc00c,16,3,0,len(rd))+rd
        if qc not in(1,255): return err(5,q)
        i=self.by_addr.get(addr,None); z=self.zone(i) if i is not None else self.curzone
        rc,ans=z.resolve(ls,qt)
        key='%s %s'%(show(ls).lower(),N.get(qt,'TYPE%d'%qt))
        with self.lock: self.count[key]=self.count.get(key,0)+1
        if self.log: self.log.write('%s %s %s %s %s %d\n'%(self.cur if i is None else i,proto,show(ls),N.get(qt,'TYPE%d'%qt),RC.get(rc,rc),len(ans)))
        if self.opt.delay: time.sleep(self.opt.delay/1000)
        if rc==-1: return None
        body=b'';n=0;comp={}
        for own,t,ttl,rd in ans:
            o=struct.pack('!H',0xc00c) if own==ls else wire(own)
            body+=o+struct.pack('!HHIH',t,1,ttl,len(rd))+rd; n+=1
        auth=b'';na=0
        if rc==3 or (rc==0 and not any(t==qt for _,t,_,_ in ans) and qt!=255):   # negative: SOA of the parent-most zone
            soa=wire([b'ns',b'invalid'])+wire([b'hostmaster',b'invalid'])+struct.pack('!5I',1,3600,600,86400,self.opt.ttl)
            auth=b'\0'+struct.pack('!HHIH',6,1,self.opt.ttl,len(soa))+soa; na=1
        opt=b'';nar=0
        if edns is not None: opt=b'\0'+struct.pack('!HHIH',41,4096,0,0); nar=1
        flags=0x8480|(fl&0x0100)|rc
        full=struct.pack('!6H',qid,flags,1,n,na,nar)+q+body+auth+opt
        if proto=='udp':
            lim=self.opt.udp_max if edns is None else max(512,min(edns,4096))
            if len(full)>lim or (self.opt.force_tc and n): return struct.pack('!6H',qid,flags|0x0200,1,0,0,nar)+q+opt
        return full
    # ---- sockets
    def udp(self,s,addr):
        while True:
            try: m,peer=s.recvfrom(65535)
            except OSError: return
            def one(m=m,peer=peer):
                try: r=self.handle(m,'udp',addr)
                except Exception as x: print('zone-dns: %r'%x,file=sys.stderr); return
                if r is not None:
                    try: s.sendto(r,peer)
                    except OSError: pass
            if self.opt.delay: threading.Thread(target=one,daemon=True).start()
            else: one()
    def tcpconn(self,c,addr):
        def rd(n):
            b=b''
            while len(b)<n:
                x=c.recv(n-len(b))
                if not x: return None
                b+=x
            return b
        c.settimeout(30)
        try:
            while True:
                h=rd(2)
                if not h: return
                m=rd(struct.unpack('!H',h)[0])
                if m is None: return
                r=self.handle(m,'tcp',addr)
                if r is not None: c.sendall(struct.pack('!H',len(r))+r)
        except OSError: pass
        finally: c.close()
    def tcp(self,s,addr):
        while True:
            try: c,_=s.accept()
            except OSError: return
            threading.Thread(target=self.tcpconn,args=(c,addr),daemon=True).start()
    def bind(self,addr,port):
        fam=socket.AF_INET6 if ':' in addr else socket.AF_INET
        for _ in range(20):
            t=socket.socket(fam,socket.SOCK_STREAM); t.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); t.bind((addr,port)); p=t.getsockname()[1]
            u=socket.socket(fam,socket.SOCK_DGRAM)
            try: u.bind((addr,p)); break
            except OSError:
                u.close(); t.close()
                if port: raise
        t.listen(64)
        threading.Thread(target=self.udp,args=(u,addr),daemon=True).start(); threading.Thread(target=self.tcp,args=(t,addr),daemon=True).start()
        return p
def main():
    ap=argparse.ArgumentParser(description=__doc__,formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('file'); ap.add_argument('scenario',nargs='?',default='0'); ap.add_argument('--addr',default='127.0.0.1'); ap.add_argument('--port',type=int,default=5353)
    ap.add_argument('--all-addr'); ap.add_argument('--log'); ap.add_argument('--timeout-as',choices=['drop','servfail'],default='drop'); ap.add_argument('--force-tc',action='store_true')
    ap.add_argument('--udp-max',type=int,default=512); ap.add_argument('--no-edns',action='store_true'); ap.add_argument('--owner',choices=['query','zone'],default='query')
    ap.add_argument('--cname-loop',choices=['answer','servfail'],default='answer'); ap.add_argument('--empty-txt',choices=['string','raw'],default='string'); ap.add_argument('--delay',type=int,default=0); ap.add_argument('--ttl',type=int,default=0)
    ap.add_argument('--exit-on-eof',action='store_true')
    o=ap.parse_args(); ip=ipaddress.ip_address(o.addr)
    if not ip.is_loopback: sys.exit('zone-dns: --addr must be a loopback address')
    s=Server(o); port=s.bind(o.addr,o.port)
    if o.all_addr:
        b=int(ipaddress.ip_address(o.all_addr))
        for i in range(len(s.sc)):
            a=str(ipaddress.ip_address(b+i))
            if not ipaddress.ip_address(a).is_loopback: sys.exit('zone-dns: --all-addr must be loopback')
            s.by_addr[a]=i; s.bind(a,port)
    print('READY %s %d'%(o.addr,port),flush=True)
    for line in sys.stdin:
        if not line.strip(): continue
        r=s.control(line)
        if r is None: return
        print(r,flush=True)
    if not o.exit_on_eof:
        while True: time.sleep(3600)
if __name__=='__main__': main()
