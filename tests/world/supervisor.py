"""Starts the parts of a world, watches over them and ends them with itself."""
# SPDX-License-Identifier: MIT
import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback

READY_S = 30
STOP_S = 8
PR_SET_PDEATHSIG = 1
WANTED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with(parent, signal_=signal.SIGTERM):
    """For the child after fork: gets the signal when the parent dies."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal_, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def started(pid):
    """The start time of a process (clock ticks since boot), or None."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


def record(path, name, pid):
    with open(path, "a") as f:
        f.write("%s %d %s\n" % (name, pid, started(pid)))


def recorded(path):
    """[(name, pid)] of the processes in the file that are still the same."""
    out = []
    try:
        with open(path) as f:
            for line in f:
                name, pid, when = line.split()
                if started(int(pid)) == when:
                    out.append((name, int(pid)))
    except FileNotFoundError:
        pass
    return out


class Supervisor:
    def __init__(self, plan):
        self.plan = plan
        self.children = []      # [(part, Popen)]
        self.pids = plan.path("pids")

    def start(self, part):
        parent = os.getpid()

        def prepare():
            os.setsid()
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            die_with(parent)

        with open(self.plan.path(part.log), "a") as log:
            child = subprocess.Popen(
                part.command, cwd=self.plan.dir, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=prepare)
        self.children.append((part, child))
        record(self.pids, part.name, child.pid)

    def wait(self, part, child):
        """Until the part answers; its last words if it does not."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            if child.poll() is not None:
                return self.last_words(part, "ended with status %d"
                                       % child.returncode)
            try:
                if part.answers():
                    return None
            except OSError:
                pass
            time.sleep(0.02)
        return self.last_words(part, "did not answer in %d s" % READY_S)

    def last_words(self, part, what):
        with open(self.plan.path(part.log), errors="replace") as f:
            words = f.read()[-400:].strip()
        return "%s %s: %s" % (part.name, what, words)

    def start_all(self):
        """None when all parts answer, else the reason why not."""
        for part in self.plan.parts():
            self.start(part)
        for part, child in self.children:
            reason = self.wait(part, child)
            if reason:
                return reason
        return None

    def stop_all(self):
        for _part, child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_S
        for part, child in self.children:
            self.reap(child, end)
        if os.path.exists(self.pids):
            os.unlink(self.pids)
        self.plan.clean()

    def reap(self, child, end):
        """Waits; then ends what is left of its process group."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if child.returncode is not None:
            return
        while time.monotonic() < end:
            if os.waitid(os.P_PID, child.pid, flags):
                break
            time.sleep(0.01)
        try:
            # Not reaped yet, so the group's number is still its own.
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def serve(self, commit):
        """Runs the world until told to end; commit is a pipe to the starter.

        The starter gets "ok" or the reason of a failure, and says "go" back;
        if it goes away before that, so does the world.
        """
        try:
            reason = self.start_all()
            commit.send("ok" if reason is None else reason)
            if reason is None and commit.receive() == "go":
                self.watch()
        finally:
            self.stop_all()

    def watch(self):
        gone = set()
        while True:
            info = signal.sigwaitinfo(WANTED)
            if info.si_signo != signal.SIGCHLD:
                return
            for part, child in self.children:
                if child.pid not in gone and child.poll() is not None:
                    gone.add(child.pid)
                    print("world: %s" % self.last_words(
                        part, "ended by itself"), file=sys.stderr)


class Pipe:
    """A pair of pipes between the starter and the supervisor."""

    def __init__(self):
        self.ends = os.pipe() + os.pipe()

    def keep(self, which):
        a, b, c, d = self.ends
        for fd in ((a, d) if which == "supervisor" else (b, c)):
            os.close(fd)
        self.out, self.inp = (b, c) if which == "supervisor" else (d, a)

    def send(self, text):
        try:
            os.write(self.out, text.encode()[:4000])
        except BrokenPipeError:
            pass

    def receive(self):
        return os.read(self.inp, 4096).decode(errors="replace")


def launch(plan, stay):
    """Starts a supervisor; (pid, None) or (None, reason).

    With stay it outlives this process, else it ends with it.
    """
    pipe, parent = Pipe(), os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            pipe.keep("supervisor")
            os.setsid()
            if stay and os.fork():
                os._exit(0)
            if not stay:
                die_with(parent)
            supervise(plan, pipe)
            code = 0
        except Exception:
            traceback.print_exc()       # into world.log
        finally:
            os._exit(code)
    pipe.keep("starter")
    if stay:
        os.waitpid(pid, 0)
    answer = pipe.receive()
    if answer != "ok":
        return None, answer or "the supervisor died"
    pipe.send("go")
    with open(plan.path("world.pid")) as f:
        return int(f.read().split()[1]), None


def supervise(plan, pipe):
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(plan.path("world.log"),
                  os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(log, 2)
    signal.pthread_sigmask(signal.SIG_BLOCK, WANTED)
    pid_file = plan.path("world.pid")
    for old in (pid_file, plan.path("pids")):
        if os.path.exists(old):
            os.unlink(old)
    record(pid_file, "supervisor", os.getpid())
    heir, leash = inherit(plan, pipe)
    try:
        Supervisor(plan).serve(pipe)
    finally:
        os.unlink(pid_file)
        os.close(leash)
        os.waitpid(heir, 0)


def inherit(plan, pipe):
    """Forks a process that ends the parts should the supervisor be killed.

    The death signal alone will not do: it is lost when a process changes its
    user, as Postfix does.
    """
    end, leash = os.pipe()
    heir = os.fork()
    if heir:
        os.close(end)
        return heir, leash
    try:
        os.setsid()
        for fd in (leash, pipe.out, pipe.inp):
            os.close(fd)
        os.read(end, 1)
        pids = recorded(plan.path("pids"))
        kill(pids, signal.SIGTERM)
        kill(gone(pids, STOP_S), signal.SIGKILL)
        plan.clean()
    finally:
        os._exit(0)


def gone(pids, seconds):
    """Waits until none of [(name, pid)] runs; those that still do."""
    end = time.monotonic() + seconds
    while True:
        pids = [(n, p) for n, p in pids if started(p)]
        if not pids or time.monotonic() > end:
            return pids
        time.sleep(0.02)


def kill(pids, signal_):
    for _name, pid in pids:
        try:
            os.kill(pid, signal_)
        except ProcessLookupError:
            pass


def stop(directory):
    """Ends the world of a directory; True if there was one."""
    head = recorded(os.path.join(directory, "world.pid"))
    parts = recorded(os.path.join(directory, "pids"))
    kill(head or parts, signal.SIGTERM)
    left = gone(head + parts, STOP_S + 4)
    kill(left, signal.SIGKILL)
    if gone(left, 4):
        raise SystemExit("world: could not end " + " ".join(
            "%s(%d)" % item for item in left))
    for name in ("world.pid", "pids"):
        path = os.path.join(directory, name)
        if os.path.exists(path):
            os.unlink(path)
    return bool(head or parts)
