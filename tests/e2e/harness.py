"""What the end-to-end tests share: the world, settings, stores, commands."""
# SPDX-License-Identifier: MIT
import configparser
import itertools
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.path.append(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", "world"))
import servers      # noqa: E402
import worldtest    # noqa: E402

RUN = {}        # sendtop, srcdir, tmp, slow, world, base; filled by begin()
BOUND = 10      # seconds that anything may take to show
PATIENCE = 6    # so many times that on a slow and busy machine
QUICK = 0.015   # seconds that a snapshot of one domain takes, see pace()
PORTS = range(10000, 20000)
TAKEN = itertools.count()
FILLING = threading.Lock()
BASIC = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")


def begin(sendtop, srcdir):
    """Starts the one world of this run and fills the store that tests copy."""
    RUN["sendtop"] = os.path.abspath(sendtop)
    RUN["srcdir"] = os.path.abspath(srcdir)
    RUN["tmp"] = worldtest.short_directory("sendtop-e2e-")
    os.chmod(RUN["tmp"], 0o755)
    with open(RUN["sendtop"], "rb") as f:
        RUN["slow"] = 4 if b"__asan_init" in f.read() else 1
    out = subprocess.run(
        [sys.executable, "-B", world_file("world"), "start", path("world"),
         "--smtpd", os.path.abspath("tests/world/smtpd")],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    RUN["world"] = dict(line.split("=", 1) for line in out.splitlines())
    try:
        known()
    except AssertionError as error:
        raise SystemExit("e2e: " + str(error)) from None


def known():
    """The store that knows the whole world, which moves on at midnight."""
    with FILLING:
        day = int(time.time()) // 86400
        if RUN.get("day") != day:
            base = path("base-%d.db" % day)
            done = sendtop_run("collect", "--once", "--config",
                               world("CONFIG"), "--store", base)
            if done.code != 0:
                raise AssertionError("the collect failed: " + done.err)
            RUN.update(base=base, day=day)
        return RUN["base"]


def end():
    if "tmp" not in RUN:
        return
    subprocess.run([sys.executable, "-B", world_file("world"), "stop",
                    path("world")], stderr=subprocess.DEVNULL, check=False)
    shutil.rmtree(RUN["tmp"], ignore_errors=True)


def path(*parts):
    return os.path.join(RUN["tmp"], *parts)


def world(name):
    return RUN["world"]["WORLD_" + name]


def world_file(name):
    return os.path.join(RUN["srcdir"], "tests", "world", name)


def patience(seconds):
    """How long to wait at most: nobody does but when a thing goes wrong."""
    return seconds * RUN["slow"] * PATIENCE


def wait(test, what, seconds=BOUND):
    """The first true answer of test(), asked again and again until then."""
    seconds = patience(seconds)
    end_at = time.monotonic() + seconds
    while True:
        answer = test()
        if answer:
            return answer
        if time.monotonic() >= end_at:
            raise AssertionError("waited %d s in vain for %s" % (seconds,
                                                                 what))
        time.sleep(0.03)


# --- processes ---------------------------------------------------------------

class Done:
    """What a command came to."""

    def __init__(self, code, out, err, seconds):
        self.code, self.raw, self.raw_err = code, out, err
        self.out = out.decode("utf-8", "backslashreplace")
        self.err = err.decode("utf-8", "backslashreplace")
        self.seconds = seconds

    def json(self):
        return json.loads(self.out)


def environment(where, **more):
    """No setting of whoever runs the tests gets in."""
    env = {key: os.environ[key] for key in BASIC if key in os.environ}
    env.update(HOME=where, XDG_CONFIG_HOME=os.path.join(where, "config"),
               XDG_STATE_HOME=os.path.join(where, "state"),
               LANG="C.UTF-8", TZ="UTC")
    env.update(more)
    return {key: value for key, value in env.items() if value is not None}


def spawn(words, where=None, env=None, **more):
    """Starts sendtop with these words, all its output in pipes."""
    where = where or RUN["tmp"]
    more.setdefault("stdin", subprocess.DEVNULL)
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([RUN["sendtop"], *words], cwd=where,
                            env=environment(where, **(env or {})), **more)


def sendtop_run(*words, where=None, env=None, feed=None, timeout=60,
                memory=0, **more):
    start = time.monotonic()
    if feed is not None:
        more["stdin"] = subprocess.PIPE
    p = spawn(words, where, env, **more)
    if memory and RUN["slow"] == 1:     # sanitizers map terabytes
        resource.prlimit(p.pid, resource.RLIMIT_AS, (memory, memory))
    try:
        out, err = p.communicate(
            feed.encode() if isinstance(feed, str) else feed,
            patience(timeout))
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
        raise AssertionError("sendtop %s ran for more than %d s: %r %r" % (
            " ".join(words), patience(timeout), out[-300:],
            err[-300:])) from None
    return Done(p.returncode, out or b"", err or b"",
                time.monotonic() - start)


def pace():
    """How many times as long as on a quick and quiet machine a known thing
    takes here and now; at least 1."""
    took = sorted(sendtop_run("snapshot", "shop.test", "--config",
                              world("CONFIG"), "--store", RUN["base"]).seconds
                  for _ in range(3))
    return max(1, took[1] / QUICK / RUN["slow"])


def limit(seconds, before):
    """What a thing may take that takes so long on a quick and quiet machine;
    before is the pace before it."""
    return seconds * RUN["slow"] * max(before, pace())


def alive(pid):
    """Whether the process runs still; a zombie does not."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def peak_kib(pid):
    """The most memory that a process had so far; 0 once it has ended."""
    try:
        with open("/proc/%d/status" % pid) as f:
            found = re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def gone(pid, seconds=BOUND):
    wait(lambda: not alive(pid), "the end of process %d" % pid, seconds)


# --- settings and stores -----------------------------------------------------

def settings(where, changes=None, domains=True, name="sendtop.conf"):
    """The world's settings, changed: {section: {key: value or None}}."""
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(world("CONFIG"))
    if not domains:
        for section in ini.sections():
            if section.startswith("domain "):
                ini.remove_section(section)
    for section, rows in (changes or {}).items():
        if not ini.has_section(section):
            ini.add_section(section)
        for key, value in rows.items():
            if value is None:
                ini.remove_option(section, key)
            else:
                ini.set(section, key, str(value))
    file = os.path.join(where, name)
    with open(file, "w") as f:
        ini.write(f)
    return file


class Case(unittest.TestCase):
    """A test with a directory of its own."""
    maxDiff = 4000

    def setUp(self):
        self.where = tempfile.mkdtemp(prefix="test-", dir=RUN["tmp"])
        os.chmod(self.where, 0o755)

    def file(self, *parts):
        return os.path.join(self.where, *parts)

    def store(self, name="store.db"):
        """A copy of the store that knows the whole world."""
        file = self.file(name)
        shutil.copyfile(known(), file)
        return file

    def settings(self, changes=None, **more):
        return settings(self.where, changes, **more)

    def sendtop(self, *words, **more):
        return sendtop_run(*words, where=self.where, **more)

    def spawn(self, *words, **more):
        p = spawn(words, where=self.where, **more)
        self.addCleanup(reap, p)
        return p

    def one_sentence(self, text, start="sendtop: "):
        """Lower case, one line, of printable characters."""
        self.assertRegex(text, r"\A%s[^\n]+\n\Z" % re.escape(start))
        self.assertEqual(bad_characters(text), [])


def reap(p):
    if p.poll() is None:
        p.kill()
    p.communicate()


def wal_free_copy(store, target):
    """A copy of a store that may be in use, as one file."""
    with sqlite3.connect(store) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    return target


def integrity(store):
    """What SQLite itself says of the file: "ok" is all right."""
    db = sqlite3.connect(store)
    try:
        return db.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        db.close()


def query(store, sql, *values):
    db = sqlite3.connect("file:%s?mode=ro" % store, uri=True, timeout=20)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


# --- what may not be shown ---------------------------------------------------

BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f"
                 "\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


def bad_characters(text):
    """The control and direction characters in a text; tab and newline may."""
    return sorted({"U+%04X" % ord(c) for c in BAD.findall(text)})


def store_texts(store):
    """Every text in every table."""
    db = sqlite3.connect(store)
    db.text_factory = bytes
    try:
        tables = [row[0].decode() for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in db.execute('SELECT * FROM "%s"' % table):
                for value in row:
                    # A text; blobs are packed numbers.
                    if isinstance(value, bytes):
                        yield table, value
    finally:
        db.close()


# --- servers of a test's own --------------------------------------------------

def free_port():
    """One that nobody has, and that neither the kernel gives to whoever
    connects nor a world takes: it is free still when it is used."""
    while True:
        port = PORTS[(os.getpid() * 37 + next(TAKEN)) % len(PORTS)]
        with socket.socket() as tcp, socket.socket(
                socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Silent:
    """A UDP and a TCP port that take everything and never answer."""

    def __init__(self):
        self.tcp = socket.socket()
        self.tcp.bind(("127.0.0.1", 0))
        self.tcp.listen(64)
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.address = "127.0.0.1:%d" % self.port

    def close(self):
        self.tcp.close()
        self.udp.close()


class Postmaster:
    """An API of a test's own, to misbehave for it alone; plain HTTP.

    today, a date, is the API's own idea of it; ports are those of another one
    that has ended, whose place it takes."""

    def __init__(self, where, today=None, ports=None):
        self.where = where
        self.ports = ports = ports or (free_port(), free_port())
        self.endpoint = "http://127.0.0.1:%d" % ports[1]
        certs = os.path.join(world("DIR"), "certs")
        self.process = subprocess.Popen(
            [sys.executable, "-B", world_file("postmaster.py"), "--https",
             str(ports[0]), "--http", str(ports[1]), "--certificate",
             os.path.join(certs, "api.pem"), "--public-key",
             os.path.join(certs, "service.pub"), "--audience",
             self.endpoint + "/token", "--log",
             os.path.join(where, "postmaster.log"),
             *(["--today", today.isoformat()] if today else [])],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.process.stdout.readline()
        self.credentials = self.write("credentials.json", world(
            "CREDENTIALS"))

    def write(self, name, source):
        """A copy of the world's credentials that asks this server."""
        with open(source) as f:
            value = json.load(f)
        value["token_uri"] = self.endpoint + "/token"
        file = os.path.join(self.where, name)
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(fd, "w") as f:
            json.dump(value, f)
        return file

    def order(self, **order):
        request = urllib.request.Request(
            self.endpoint + "/control", json.dumps(order).encode())
        with urllib.request.urlopen(request, timeout=patience(20)) as answer:
            answer.read()

    def reset(self):
        with urllib.request.urlopen(self.endpoint + "/control/reset",
                                    timeout=patience(20)) as answer:
            answer.read()

    def stats(self):
        with urllib.request.urlopen(self.endpoint + "/control/stats",
                                    timeout=patience(20)) as answer:
            return json.load(answer)

    def settings(self):
        return {"postmaster": {"endpoint": self.endpoint,
                               "credentials": self.credentials}}

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


class Smtpd:
    """Mail servers of a test's own, on a port and with a log of their own."""

    def __init__(self, where, certs=None):
        self.port = free_port()
        self.log = os.path.join(where, "smtpd.log")
        words = ["%s=%s" % (address, how)
                 for how, address in servers.ADDRESSES.items()]
        self.process = subprocess.Popen(
            [os.path.abspath("tests/world/smtpd"), "-p", str(self.port),
             "-c", certs or os.path.join(world("DIR"), "certs"), "-l",
             self.log, *words], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        wait(self.answers, "the mail servers")

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(self.process.stderr.read())
        try:
            with socket.create_connection(("127.0.1.1", self.port), 1) as s:
                return s.recv(3) == b"220"
        except OSError:
            return False

    def lines(self):
        """[session, address, behaviour, event] of what has come since."""
        with open(self.log) as f:
            return [line.strip().split(" ", 3) for line in f]

    def close(self):
        self.process.kill()
        self.process.communicate()
