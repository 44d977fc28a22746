"""sendtop on a terminal: in tmux, or on a pty whose bytes are looked at."""
# SPDX-License-Identifier: MIT
import fcntl
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import tempfile
import termios
import time

import harness
from harness import RUN, wait

WRAPPER = """stty -g >{dir}/before
sh -c 'echo $$ >{dir}/pid; exec "$@"' sh {command}
echo $? >{dir}/status
stty -g >{dir}/after
echo; echo '[ended]'
read -r _
"""


class Tmux:
    """The tmux server of this run; nobody else's is touched."""

    def __init__(self):
        self.name = "e2e-%d" % os.getpid()
        self.count = 0
        self.env = harness.environment(RUN["tmp"])
        self.env.pop("TMUX", None)
        self.env["SHELL"] = "/bin/sh"   # whatever the user's own may be
        self("new-session", "-d", "-s", "keep", "exec sleep 100000")
        self.pid = int(self("display-message", "-p", "#{pid}"))

    def __call__(self, *words):
        return subprocess.run(
            ["tmux", "-L", self.name, "-f", "/dev/null", *words], check=True,
            env=self.env, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE).stdout.decode("utf-8", "replace")

    def session(self):
        self.count += 1
        return "s%d" % self.count

    def end(self):
        if harness.alive(self.pid):
            os.kill(self.pid, 15)
        wait(lambda: not harness.alive(self.pid), "the end of tmux")


class Screen:
    """A program in a window of tmux."""

    def __init__(self, case, words, width=80, height=24, shell=False, **env):
        self.tmux = RUN["tmux"]
        self.name = self.tmux.session()
        self.dir = tempfile.mkdtemp(prefix="screen-", dir=case.where)
        env.setdefault("TERM", "screen-256color")
        if env["TERM"] is None:
            # tmux sets it, so it has to be taken away again.
            words = ["env", "-u", "TERM", RUN["sendtop"], *words]
        else:
            words = [RUN["sendtop"], *words]
        script = os.path.join(self.dir, "run")
        with open(script, "w") as f:
            f.write(WRAPPER.format(dir=self.dir, command=shlex.join(words)))
        start = ["bash", "--norc", "--noprofile", "-i"] if shell \
            else ["sh", script]
        full = ["env", "-i"] + ["%s=%s" % item for item in sorted(
            harness.environment(case.where, **env).items())]
        self.tmux("new-session", "-d", "-s", self.name, "-x", str(width),
                  "-y", str(height), "-c", case.where,
                  shlex.join(full + start))
        case.addCleanup(self.close)

    # --- what is seen

    def turns(self):
        """What the kernel says of it: its state, how often it has run."""
        try:
            with open("/proc/%s/status" % self.read("pid")) as f:
                return re.findall(r"(?m)^(?:State|\w*ctxt_switches):\s+(\S+)",
                                  f.read())
        except OSError:
            return None

    def text(self):
        """The screen between two frames: sendtop sleeps, before and after,
        and has not run meanwhile; so all that it drew is there, and nothing
        by halves."""
        end_at = time.monotonic() + harness.patience(harness.BOUND)
        while True:
            before = self.turns()
            text = self.tmux("capture-pane", "-p", "-t", self.name)
            after = self.turns()
            if before == after and (not after or after[0] not in "RD"):
                return text
            if time.monotonic() >= end_at:      # one that never sleeps
                return text

    def lines(self):
        return self.text().rstrip("\n").split("\n")

    def wait(self, pattern, seconds=harness.BOUND):
        """The match of a regular expression, once it is on the screen."""
        seen = [""]

        def found():
            seen[0] = self.text()
            return re.search(pattern, seen[0], re.M)

        try:
            return wait(found, "%r" % pattern, seconds)
        except AssertionError as error:
            raise AssertionError("%s; the screen was:\n%s" % (
                error, seen[0])) from None

    def wait_gone(self, pattern, seconds=harness.BOUND):
        wait(lambda: not re.search(pattern, self.text(), re.M),
             "%r to go away from:\n%s" % (pattern, self.text()), seconds)

    def flag(self, name):
        """A format of tmux, such as cursor_flag or alternate_on."""
        return self.tmux("display-message", "-p", "-t", self.name,
                         "#{%s}" % name).strip()

    # --- what is done

    def keys(self, *keys):
        self.tmux("send-keys", "-t", self.name, *keys)

    def type(self, text):
        self.tmux("send-keys", "-t", self.name, "-l", text)

    def press(self, key, pattern, seconds=harness.BOUND):
        """Sends a key and waits for what it must bring."""
        self.keys(key)
        return self.wait(pattern, seconds)

    def resize(self, width, height):
        self.tmux("resize-window", "-t", self.name, "-x", str(width), "-y",
                  str(height))

    # --- the process

    def read(self, name):
        try:
            with open(os.path.join(self.dir, name)) as f:
                return f.read().strip()
        except OSError:
            return ""

    def pid(self):
        return int(wait(lambda: self.read("pid"), "the process"))

    def status(self, seconds=harness.BOUND):
        """Its exit status, once it has ended and the shell is back."""
        wait(lambda: self.read("after"), "the end of sendtop in:\n%s" %
             self.text(), seconds)
        return int(self.read("status"))

    def close(self):
        pid = self.read("pid")
        subprocess.run(["tmux", "-L", self.tmux.name, "kill-session", "-t",
                        self.name], env=self.tmux.env, check=False,
                       stderr=subprocess.DEVNULL)
        if pid:
            harness.gone(int(pid))


class Pty:
    """sendtop on a pty: its bytes as they come."""

    def __init__(self, case, words, width=80, height=24, **env):
        env.setdefault("TERM", "xterm-256color")
        env = harness.environment(case.where, **env)
        self.bytes = b""
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ,
                            struct.pack("4H", height, width, 0, 0))
                os.chdir(case.where)
                os.execve(RUN["sendtop"], [RUN["sendtop"], *words], env)
            finally:
                os._exit(127)
        case.addCleanup(self.close)

    def take(self, seconds=0.03):
        """Reads what is there; False when the other side is closed."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return False
        self.bytes += got
        return bool(got)

    def wait(self, test, what, seconds=harness.BOUND):
        """The first true answer of test(bytes so far)."""
        def ask():
            self.take()
            return test(self.bytes)
        return wait(ask, what + " in %r" % self.bytes[-2000:], seconds)

    def send(self, data):
        os.write(self.fd, data)

    def redraw(self, pattern, seconds=harness.BOUND):
        """Has the whole screen drawn until it shows the pattern."""
        def ask():
            mark = len(self.bytes)
            self.send(b"\x0c")
            window[0] *= 2      # however long a frame takes here
            end_at = time.monotonic() + window[0]
            while time.monotonic() < end_at:
                self.take()
                found = re.search(pattern, plain(self.bytes[mark:]))
                if found:
                    return found
            return None
        window = [0.25]
        return wait(ask, "%r in:\n%s" % (
            pattern, plain(self.bytes[-4000:])), seconds)

    def ended(self, seconds=harness.BOUND):
        """Reads all to its end; the wait status."""
        def ask():
            while self.take(0):
                if not select.select([self.fd], [], [], 0)[0]:
                    break
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            return (status,) if pid else None
        status = wait(ask, "the end of sendtop", seconds)[0]
        self.pid = 0
        return status

    def close(self):
        """The terminal goes away, and with it sendtop."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        if self.pid:
            pid, self.pid = self.pid, 0
            wait(lambda: os.waitpid(pid, os.WNOHANG)[0],
                 "the end of sendtop without its terminal")


CURSOR = re.compile(r"\x1b\[[\d;]*[HfdG]|\x1b\[\d*[ABCDX]")
CONTROL = re.compile(r"\x1b\[[?>]?[\d;:]*[a-zA-Z]|\x1b[()][A-Z0-9]|"
                     r"\x1b[=>78M]|[\x0e\x0f]")


def plain(data):
    """Terminal bytes as text: moves of the cursor end a line."""
    text = data.decode("utf-8", "replace")
    return CONTROL.sub("", CURSOR.sub("\n", text))
