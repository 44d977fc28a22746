"""The parts of a world: files, command lines, signs of life."""
# SPDX-License-Identifier: MIT
import grp
import json
import os
import pwd
import shutil
import socket
import struct
import sys
import tempfile

import certs
import maillog
import oauth
import secure
import servers
import stories
import zones

HERE = os.path.dirname(os.path.abspath(__file__))
SBIN = ":/usr/sbin:/sbin:/usr/local/sbin"
POSTFIX_MASTER = "/usr/lib/postfix/sbin/master"
SOCKET = 100        # octets of a name that every system takes for a socket
# Ports, as offsets from the base; smtp and web are taken on many addresses.
OFFSETS = {"dns": 0, "bad_dns": 1, "smtp": 2, "https": 3, "http": 4, "h2": 5,
           "validator": 6, "web": 7}

NSD = """server:
	username: ""
	chroot: ""
	zonesdir: "{dir}/zones"
	database: ""
	logfile: "{dir}/nsd.log"
	pidfile: "{dir}/nsd.pid"
	xfrdfile: "{dir}/xfrd.state"
	zonelistfile: "{dir}/zone.list"
	xfrdir: "{dir}"
	ip-address: 127.0.0.1@{dns}
	server-count: 1
	tcp-count: 200
	hide-version: yes
	verbosity: 0
	rrl-ratelimit: 0
	rrl-whitelist-ratelimit: 0
remote-control:
	control-enable: no
"""
NGINX = """{user}daemon off;
master_process on;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
	access_log off;
	client_body_temp_path {dir}/nginx-temp/body;
	proxy_temp_path {dir}/nginx-temp/proxy;
	fastcgi_temp_path {dir}/nginx-temp/fastcgi;
	uwsgi_temp_path {dir}/nginx-temp/uwsgi;
	scgi_temp_path {dir}/nginx-temp/scgi;
	client_max_body_size 9m;
	keepalive_requests 1000000;
	upstream api {{
		server 127.0.0.1:{http} max_fails=0;
		keepalive 64;
		keepalive_requests 1000000;
	}}
	server {{
		listen 127.0.0.1:{h2} ssl http2;
		ssl_certificate {dir}/certs/api.pem;
		ssl_certificate_key {dir}/certs/api.pem;
		location / {{
			proxy_pass http://api;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $http_host;
			proxy_buffering off;
			proxy_next_upstream off;
			proxy_read_timeout 600s;
		}}
	}}
}}
"""
POSTFIX_MAIN = """compatibility_level = 3.6
queue_directory = {dir}/postfix/spool
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
myhostname = mx.postfix.probe.test
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
default_transport = error:this world sends no mail
smtpd_peername_lookup = no
smtpd_client_restrictions = permit
smtpd_relay_restrictions = reject
smtpd_recipient_restrictions = reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = {dir}/certs/postfix.pem
smtpd_tls_key_file = {dir}/certs/postfix.pem
smtpd_tls_loglevel = 1
"""
POSTFIX_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush",
                  "hold", "incoming", "private", "saved", "trace")
POSTFIX_MASTER_CF = """{address}:{smtp} inet n - n - - smtpd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
error unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + SBIN)


def need(program, package):
    found = find(program)
    if not found:
        raise SystemExit("world: %s is not installed: install the package %s"
                         % (program, package))
    return found


def write(path, text, mode=0o644):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(fd, "w") as f:
        os.fchmod(fd, mode)
        f.write(text)


def open_to_all(path):
    """Whether any user can reach what is in this directory."""
    while os.stat(path).st_mode & 0o001:
        if path == "/":
            return True
        path = os.path.dirname(path)
    return False


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


class Part:
    """A process: its name, its command, and a test of whether it answers."""

    def __init__(self, name, command, answers, log):
        self.name, self.command = name, command
        self.answers, self.log = answers, log


class Plan:
    """Everything about one world but the running of it."""

    def __init__(self, options, base):
        self.options = options
        self.dir = os.path.abspath(options.dir)
        self.port = {name: base + off for name, off in OFFSETS.items()}
        self.ipv6 = has_ipv6()
        self.notes = []
        self.data = None
        if not self.ipv6:
            self.notes.append("no IPv6 here: nothing listens at ::1")
        self.nginx = find("nginx")
        self.postfix = self.postfix_possible()
        self.validates = self.validator_possible()
        self.endpoint = "https://127.0.0.1:%d" % self.port[
            "h2" if self.nginx else "https"]

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def postfix_possible(self):
        reason = None
        if not os.path.exists(POSTFIX_MASTER):
            reason = "it is not installed"
        elif os.geteuid() != 0:
            reason = "it needs root"
        elif len(self.path("postfix", "spool", "public", "postlog")) > SOCKET:
            reason = "the name of its directory is too long for its sockets"
        else:
            try:
                pwd.getpwnam("postfix")
                grp.getgrnam("postdrop")
            except KeyError:
                reason = "there is no user postfix or group postdrop"
        if reason:
            self.notes.append("Postfix is left out: " + reason)
        return reason is None

    def validator_possible(self):
        for program, package in (("unbound", "unbound"),
                                 ("ldns-signzone", "ldnsutils")):
            if not find(program):
                self.notes.append("no resolver that validates: the package "
                                  "%s is not installed" % package)
                return False
        return True

    def smtpd(self):
        near = [self.options.smtpd, os.environ.get("WORLD_SMTPD"),
                "tests/world/smtpd", os.path.join(HERE, "smtpd")]
        for path in near:
            if path and os.access(path, os.X_OK):
                return os.path.abspath(path)
        raise SystemExit("world: no smtpd: run 'make tests/world/smtpd' in "
                         "the build directory, or say --smtpd FILE")

    def fields(self):
        return dict(self.port, dir=self.dir, address=servers.POSTFIX,
                    user="user root;\n" if os.geteuid() == 0 else "")

    # --- files

    def prepare(self):
        os.makedirs(self.dir, exist_ok=True)
        for old in ("smtpd.log", "smtpd.err", "web.log", "web.err",
                    "postmaster.log",
                    "postmaster.err", "baddns.log", "nsd.log", "nginx.log",
                    "unbound.log",
                    "postfix.log"):
            if os.path.exists(self.path(old)):
                os.unlink(self.path(old))
        source = zones.Zones().load()
        certs.make(self.path("certs"), source.names, self.options.bench)
        self.zones = source.write(self.path("zones"), self.path("certs"),
                                  self.options.bench)
        if self.validates:
            secure.sign(self.path("zones"), self.zones)
        self.servers_files()
        self.client_files()

    def servers_files(self):
        fields = self.fields()
        zone = 'zone:\n\tname: "%s"\n\tzonefile: "%s"\n'
        write(self.path("nsd.conf"), NSD.format(**fields) + "".join(
            zone % item for item in self.zones.items()))
        if self.validates:
            write(self.path("unbound.conf"), secure.unbound_conf(
                self.zones, self.port["dns"], **fields))
        os.makedirs(self.path("nginx-temp"), exist_ok=True)
        write(self.path("nginx.conf"), NGINX.format(**fields))
        if self.postfix:
            self.postfix_files(fields)

    def postfix_files(self, fields):
        shutil.rmtree(self.path("postfix"), ignore_errors=True)
        user = pwd.getpwnam("postfix")
        drop = grp.getgrnam("postdrop")
        for name, mode, uid, gid in (
                ("etc", 0o755, 0, 0), ("spool", 0o755, 0, 0),
                ("spool/pid", 0o755, 0, 0),
                ("spool/public", 0o710, user.pw_uid, drop.gr_gid),
                ("spool/maildrop", 0o730, user.pw_uid, drop.gr_gid),
                *(("spool/" + queue, 0o700, user.pw_uid, 0)
                  for queue in POSTFIX_QUEUES)):
            path = self.path("postfix", name)
            os.makedirs(path)
            os.chown(path, uid, gid)
            os.chmod(path, mode)
        fields["data"] = self.postfix_data(user)
        write(self.path("postfix", "etc", "main.cf"),
              POSTFIX_MAIN.format(**fields))
        write(self.path("postfix", "etc", "master.cf"),
              POSTFIX_MASTER_CF.format(**fields))

    def postfix_data(self, user):
        """Its own directory; elsewhere if it could not get into this one."""
        path = self.path("postfix", "data")
        if open_to_all(self.dir):
            os.makedirs(path)
        else:
            path = self.data = tempfile.mkdtemp(prefix="sendtop-world-")
        os.chown(path, user.pw_uid, user.pw_gid)
        return path

    def clean(self):
        """Removes what lies outside of DIR."""
        if self.data:
            shutil.rmtree(self.data, ignore_errors=True)

    def client_files(self):
        token_uri = self.endpoint + "/token"
        client = {"client_id": oauth.CLIENT_ID,
                  "client_secret": oauth.CLIENT_SECRET}
        self.secret("credentials.json", dict(
            client, type="authorized_user", token_uri=token_uri,
            refresh_token=oauth.REFRESH))
        self.secret("client.json", {"installed": dict(
            client, project_id="world", token_uri=token_uri,
            auth_uri=self.endpoint + "/o/oauth2/v2/auth",
            redirect_uris=["http://localhost"])})
        with open(self.path("certs", "service.key")) as f:
            robot = {"type": "service_account", "project_id": "world",
                     "private_key_id": "1", "private_key": f.read(),
                     "client_email": oauth.ROBOT, "token_uri": token_uri}
        self.secret("service_account_nosub.json", robot)
        self.secret("service_account.json",
                    dict(robot, subject=oauth.OPERATOR))
        shutil.copyfile(self.path("certs", "ca.pem"), self.path("ca.pem"))
        write(self.path("sendtop.conf"), self.config())
        write(self.path("env"), self.env())

    def secret(self, name, value):
        write(self.path(name), json.dumps(value, indent=1) + "\n", 0o600)

    def config(self):
        out = ["[postmaster]", "credentials = " +
               self.path("credentials.json"), "endpoint = " + self.endpoint,
               "[resolver]", "servers = 127.0.0.1:%d" % self.port["dns"],
               "[smtp]", "port = %d" % self.port["smtp"],
               "helo = probe.world.test", "allow-private = yes",
               "[https]", "port = %d" % self.port["web"], "timeout = 3s",
               "[dnsbl]", "zones = list.dnsbl.test:3",
               "domain-zones = names.dnsbl.test:2",
               "[abuse]", "zone = contacts.world.test",
               "[tls]", "ca-file = " + self.path("ca.pem")]
        if self.options.logs:
            out += ["[logs]", "files = " + ", ".join(
                maillog.write(self.path("logs"))), "zone = UTC"]
        for story in stories.STORIES:
            out.append('[domain "%s"]' % story.name)
            out.append("selectors = " + ", ".join(story.selectors))
            if story.ips:
                out.append("sending-ips = " + ", ".join(story.ips))
            if story.target:
                out.append("target = %d" % story.target)
        return "\n".join(out) + "\n"

    def env(self):
        at = "127.0.0.1:%d"
        values = {
            "DIR": self.dir, "CONFIG": self.path("sendtop.conf"),
            "CA": self.path("ca.pem"),
            "CREDENTIALS": self.path("credentials.json"),
            "SERVICE_ACCOUNT": self.path("service_account.json"),
            "CLIENT": self.path("client.json"),
            "DNS": at % self.port["dns"],
            "BAD_DNS": at % self.port["bad_dns"],
            "VALIDATOR": at % self.port["validator"] if self.validates
                         else "",
            "SMTP_PORT": self.port["smtp"],
            "SMTP_LOG": self.path("smtpd.log"),
            "WEB_PORT": self.port["web"],
            "WEB_LOG": self.path("web.log"),
            "ENDPOINT": self.endpoint,
            "ENDPOINT_DIRECT": "https://" + at % self.port["https"],
            "ENDPOINT_HTTP": "http://" + at % self.port["http"],
            "HTTP2": "yes" if self.nginx else "no",
            "IPV6": "yes" if self.ipv6 else "no",
            "POSTFIX": "yes" if self.postfix else "no",
            "BENCH": self.options.bench}
        return "".join("WORLD_%s=%s\n" % item for item in values.items())

    # --- processes

    def parts(self):
        out = [self.nsd_part(), self.bad_dns_part(), self.smtpd_part(),
               self.web_part(), self.postmaster_part()]
        if self.validates:
            out.append(self.validator_part())
        if self.nginx:
            out.append(self.nginx_part())
        else:
            self.notes.append("nginx is not installed: the API answers "
                              "over HTTP/1.1 only")
        if self.postfix:
            out.append(Part("postfix", [POSTFIX_MASTER, "-c",
                                        self.path("postfix", "etc")],
                            self.greets(servers.POSTFIX), "postfix.log"))
        return out

    def nsd_part(self):
        return Part("nsd", [need("nsd", "nsd"), "-d", "-c",
                            self.path("nsd.conf")],
                    lambda: dns_answers(self.port["dns"], "world.test"),
                    "nsd.log")

    def validator_part(self):
        return Part("unbound", [find("unbound"), "-d", "-p", "-c",
                                self.path("unbound.conf")],
                    lambda: dns_answers(self.port["validator"],
                                        "world.test"), "unbound.log")

    def bad_dns_part(self):
        return Part("baddns", self.python("baddns.py", "127.0.0.1",
                                          str(self.port["bad_dns"])),
                    lambda: dns_answers(self.port["bad_dns"],
                                        "ok.broken.test"), "baddns.log")

    def smtpd_part(self):
        words = servers.smtpd_words(self.ipv6, self.options.bench,
                                    self.options.smtp_delay)
        return Part("smtpd", [self.smtpd(), "-p", str(self.port["smtp"]),
                              "-c", self.path("certs"), "-l",
                              self.path("smtpd.log")] + words,
                    self.greets(servers.ADDRESSES["good"]), "smtpd.err")

    def web_part(self):
        return Part("web", self.python("web.py", str(self.port["web"]),
                                       self.path("certs"),
                                       self.path("web.log")),
                    lambda: all(connects(a, self.port["web"])
                                for a in servers.WEB.values()), "web.err")

    def postmaster_part(self):
        o = self.options
        words = ["--https", str(self.port["https"]),
                 "--http", str(self.port["http"]),
                 "--certificate", self.path("certs", "api.pem"),
                 "--public-key", self.path("certs", "service.pub"),
                 "--log", self.path("postmaster.log")]
        for name in ("h2", "https"):
            words += ["--audience",
                      "https://127.0.0.1:%d/token" % self.port[name]]
        if o.today:
            words += ["--today", o.today]
        if o.bench_api:
            words += ["--bench", str(o.bench)]
        return Part("postmaster", self.python("postmaster.py", *words),
                    lambda: http_answers(self.port["http"]),
                    "postmaster.err")

    def nginx_part(self):
        return Part("nginx", [self.nginx, "-p", self.dir, "-c",
                              self.path("nginx.conf"), "-e",
                              self.path("nginx.log")],
                    lambda: connects("127.0.0.1", self.port["h2"]),
                    "nginx.log")

    def python(self, script, *words):
        return [sys.executable, "-B", os.path.join(HERE, script), *words]

    def greets(self, address):
        return lambda: smtp_answers(address, self.port["smtp"])


def connects(address, port):
    with socket.create_connection((address, port), 1):
        return True


def dns_answers(port, name):
    """Asks for a TXT record of name; any NOERROR with an answer will do."""
    question = b"".join(bytes([len(p)]) + p.encode()
                        for p in name.split(".")) + b"\0\0\x10\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.5)
        s.connect(("127.0.0.1", port))
        s.send(struct.pack("!6H", 77, 0x100, 1, 0, 0, 0) + question)
        reply = s.recv(4096)
    return reply[:2] == b"\0M" and reply[3] & 15 == 0 and reply[7] > 0


def smtp_answers(address, port):
    with socket.create_connection((address, port), 1) as s:
        s.settimeout(2)
        greeting = s.recv(512)
        s.sendall(b"QUIT\r\n")
        return greeting.startswith(b"220") and bool(s.recv(512))


def http_answers(port):
    with socket.create_connection(("127.0.0.1", port), 1) as s:
        s.settimeout(2)
        s.sendall(b"GET /control/stats HTTP/1.1\r\nHost: x\r\n"
                  b"Connection: close\r\n\r\n")
        return s.recv(12) == b"HTTP/1.1 200"


def addresses(bench):
    """Every address on which the SMTP port must be free."""
    out = list(servers.ADDRESSES.values()) + [servers.POSTFIX]
    if bench:
        for base, count in (servers.BENCH_SHARED, servers.BENCH_DELAYED):
            out += [servers.nth(base, i) for i in range(count)]
    return out


def free(base, bench):
    """Whether all ports of a world at this base can be bound now."""
    wanted = [("127.0.0.1", base + off) for name, off in OFFSETS.items()
              if name not in ("smtp", "web")]
    wanted += [(a, base + OFFSETS["web"]) for a in servers.WEB.values()]
    wanted += [(a, base + OFFSETS["smtp"]) for a in addresses(bench)]
    try:
        for address in wanted:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as s:
                    if kind == socket.SOCK_STREAM:
                        s.setsockopt(socket.SOL_SOCKET,
                                     socket.SO_REUSEADDR, 1)
                    s.bind(address)
        return True
    except OSError:
        return False
