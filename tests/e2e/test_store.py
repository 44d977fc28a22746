"""Stores that cannot be written, are damaged, or come from the future."""
# SPDX-License-Identifier: MIT
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess

import harness
from harness import RUN, Case, integrity, query, wait
from screen import Screen

COMMANDS = (("collect", "--once"), ("snapshot",), ("check",))


def content(file):
    with open(file, "rb") as f:
        return f.read()


class Refused(Case):
    """By name, with what to do, and not a byte is changed."""
    cost = 2

    def refuses(self, file, pattern):
        before = content(file)
        for words in COMMANDS:
            with self.subTest(command=words[0]):
                done = self.sendtop(*words, "--config",
                                    harness.world("CONFIG"), "--store", file)
                self.assertEqual(done.code, 3)
                said = done.err + done.out
                self.assertRegex(said, pattern)
                self.assertIn(file, said)
                self.assertEqual(content(file), before)
        screen = Screen(self, ["--config", harness.world("CONFIG"),
                               "--store", file], width=200)
        screen.wait(pattern)
        screen.press("?", r"search:")   # it is there, not ended
        screen.press("Escape", pattern)
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        self.assertEqual(content(file), before)

    def test_garbage(self):
        file = self.file("garbage.db")
        with open(file, "wb") as f:
            f.write(b"this is no database\n" * 500)
        self.refuses(file, r"not a database|damaged|is not a store")

    def test_truncated(self):
        file = self.store("truncated.db")
        size = os.path.getsize(file)
        os.truncate(file, size // 2 + 100)
        self.refuses(file, r"damaged|malformed|truncated|corrupt")

    def test_overwritten_inside(self):
        file = self.store("scribbled.db")
        size = os.path.getsize(file)
        with open(file, "r+b") as f:
            for at in range(4096 * 3, size - 4096, 4096 * 2):
                f.seek(at)
                f.write(b"\xa5" * 512)
        before = content(file)
        done = self.sendtop("collect", "--once", "--config",
                            harness.world("CONFIG"), "--store", file)
        self.assertEqual(done.code, 3)
        self.assertRegex(done.err, r"damaged|malformed|corrupt")
        self.assertEqual(content(file), before)

    def test_future(self):
        file = self.store("future.db")
        db = sqlite3.connect(file)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("PRAGMA user_version = %d" % (version + 7))
        db.commit()
        db.close()
        self.refuses(file, r"newer sendtop")

    def test_another_program(self):
        file = self.file("other.db")
        db = sqlite3.connect(file)
        db.execute("CREATE TABLE bookmarks (url TEXT)")
        db.execute("INSERT INTO bookmarks VALUES ('https://example.com/')")
        db.execute("PRAGMA user_version = 31")
        db.commit()
        db.close()
        before = content(file)
        for words in COMMANDS:
            done = self.sendtop(*words, "--config", harness.world("CONFIG"),
                                "--store", file)
            self.assertEqual(done.code, 3)
            self.assertEqual(content(file), before)

    def test_odd_places(self):
        for place, pattern in ((self.where, r"is not a file|director"),
                               (self.file("no", "such", "dir", "x.db"),
                                r"directory does not exist"),
                               ("/dev/null", r"is not a file"),
                               ("postgresql://localhost/x", r"driver")):
            with self.subTest(place=place):
                done = self.sendtop("collect", "--once", "--store", place)
                self.assertIn(done.code, (2, 3))
                self.one_sentence(done.err)
                self.assertRegex(done.err, pattern)

    def test_none_yet(self):
        for words in (("snapshot",), ("check",)):
            done = self.sendtop(*words, "--store", self.file("none.db"))
            self.assertEqual(done.code, 3)
            self.assertIn("there is none yet; run sendtop collect",
                          done.err + done.out)
        self.assertFalse(os.path.exists(self.file("none.db")))

    def test_private(self):
        """A store that is made is for its owner alone."""
        file = self.file("new.db")
        done = self.sendtop("collect", "--once", "--store", file,
                            "--resolver", harness.world("DNS"),
                            env={"HOME": self.where})
        self.assertEqual(done.code, 0, done.err)
        for name in (file, file + ".lock"):
            self.assertEqual(stat.S_IMODE(os.stat(name).st_mode) & 0o077, 0)


def nobody():
    """Words that run a command as nobody, or None."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return None
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class ReadOnly(Case):
    """A store that this user may only read."""

    def setUp(self):
        super().setUp()
        self.as_nobody = nobody()
        if self.as_nobody is None:
            self.skipTest("needs root and setpriv to become nobody")
        if self.run_as_nobody("--version").returncode != 0:
            self.skipTest("the user nobody cannot reach " + RUN["sendtop"])
        self.room = self.file("room")
        os.mkdir(self.room)
        self.db = os.path.join(self.room, "store.db")
        shutil.copyfile(harness.known(), self.db)
        os.chmod(self.db, 0o444)
        os.chmod(self.room, 0o555)
        self.before = content(self.db)
        # Without credentials: nobody may not read them.
        self.config = self.settings({"postmaster": {"credentials": None}})
        os.chmod(self.config, 0o644)

    def run_as_nobody(self, *words):
        return subprocess.run(
            [*self.as_nobody, RUN["sendtop"], *words],
            env=harness.environment("/nonexistent"), cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, check=False,
            timeout=harness.patience(60))

    def test_commands(self):
        shared = ("--config", self.config, "--store", self.db)
        done = self.run_as_nobody("snapshot", "news.example.test", *shared)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("0.41 %", done.stdout)
        done = self.run_as_nobody("check", *shared)
        self.assertEqual(done.returncode, 2, done.stdout)
        done = self.run_as_nobody("collect", "--once", *shared)
        self.assertEqual(done.returncode, 3)
        self.one_sentence(done.stderr)
        self.assertRegex(done.stderr, r"cannot be written|give leave")
        self.assertEqual(content(self.db), self.before)

    def test_screen(self):
        """It says so, shows what is there, and goes on."""
        words = [*self.as_nobody, RUN["sendtop"], "--config", self.config,
                 "--store", self.db]
        # Wide enough for the sentence also when the collector is tried again.
        screen = Screen(self, [], width=300, shell=True, PS1="$ ")
        screen.wait(r"^\$")
        screen.type(" ".join(words) + "\n")
        screen.wait(r"^\u25b8news\.example\.test")
        screen.wait(r"cannot be written .*give leave to write")
        screen.press("j", r"^\u25b8edge\.test")
        screen.press("r", r"cannot|read.only|not writable")
        screen.press("Enter", r"\[1 Summary\]")
        screen.keys("q", "q")
        screen.wait(r"^\$$")
        self.assertEqual(content(self.db), self.before)


class Full(Case):
    """A disk with no room left."""
    cost = 3

    def mount(self):
        """A directory with room for six megabytes."""
        room = self.file("small")
        os.mkdir(room)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m",
                               "tmpfs", room], stderr=subprocess.DEVNULL,
                              check=False) if os.geteuid() == 0 else None
        if done is None or done.returncode != 0:
            self.skipTest("mounting a small tmpfs needs root")
        self.addCleanup(subprocess.run, ["umount", "-l", room], check=False)
        return room

    def fill(self, room):
        fd = os.open(os.path.join(room, "ballast"),
                     os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while os.write(fd, b"x" * 4096):
                pass
        except OSError:
            os.close(fd)

    def test_screen(self):
        room = self.mount()
        db = os.path.join(room, "store.db")
        shutil.copyfile(harness.known(), db)
        screen = Screen(self, ["--config", harness.world("CONFIG"),
                               "--store", db], width=160)
        screen.wait(r"news\.example\.test")
        wait(lambda: harness.children(screen.pid()), "a collector")
        rows = query(db, "SELECT count(*) FROM series")
        self.fill(room)
        screen.press("R", r"full|no space|No space|make room")
        screen.press("j", r"^\u25b8edge\.test")
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("Escape", r"^\u25b8edge\.test")
        self.assertEqual(query(db, "SELECT count(*) FROM series"), rows)
        # There is room again: it recovers without being started anew.
        os.unlink(os.path.join(room, "ballast"))
        screen.press("r", r"probe of edge\.test (done|\w+)", 30)
        screen.wait(r"probe of edge\.test done")
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        self.assertEqual(integrity(db), "ok")

    def limited(self, *words, size):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        return self.sendtop(*words, preexec_fn=limit)

    def test_file_size_limit(self):
        """The collector loses nothing that was there, and says why."""
        db = self.store()
        before = query(db, "SELECT count(*) FROM series")
        for size in (0, 4096, 40960):
            with self.subTest(size=size):
                done = self.limited(
                    "collect", "--once", "--config", harness.world("CONFIG"),
                    "--store", db, size=size)
                self.assertEqual(done.code, 3, done.err)
                self.assertRegex(done.err.splitlines()[-1],
                                 r"^sendtop: .*store .*")
                self.assertEqual(integrity(db), "ok")
                self.assertEqual(query(db, "SELECT count(*) FROM series"),
                                 before)

    def test_output_on_a_full_disk(self):
        for words in (("snapshot",), ("snapshot", "--format", "json"),
                      ("snapshot", "--format", "csv"), ("--help",)):
            with self.subTest(words=words), open("/dev/full", "wb") as full:
                more = [] if words == ("--help",) else [
                    "--store", self.store("full.db"), "--config",
                    harness.world("CONFIG")]
                p = self.spawn(*words, *more, stdout=full)
                _, err = p.communicate(timeout=harness.patience(30))
                self.assertEqual(p.returncode, 3)
                # Once.
                self.assertEqual(err.count(b"cannot write"), 1, err)

    def test_read_only(self):
        """What is there is read; what cannot be written, and why, is said."""
        room = self.mount()
        db = os.path.join(room, "store.db")
        shutil.copyfile(harness.known(), db)
        subprocess.run(["mount", "-o", "remount,ro", room], check=True)
        more = ["--config", harness.world("CONFIG"), "--store", db]
        for words, code in ((("snapshot",), 0),
                            (("note", *more, "edge.test", "x"), 3),
                            (("mute", *more, "edge.test", "spf", "--why", "x",
                              "--until", "2099-01-01"), 3),
                            (("ingest", *more, "/dev/null"), 3)):
            with self.subTest(words=words):
                done = self.sendtop(*words, *([] if code else more))
                self.assertEqual(done.code, code, done.err)
                if code:
                    self.assertRegex(done.err, r"cannot be written \(.*"
                                     r"[Rr]ead-only")

    def test_store_removed_under_the_screen(self):
        screen = Screen(self, ["--config", harness.world("CONFIG"),
                               "--store", self.store(), "--no-collector"],
                        width=120)
        screen.wait(r"^\u25b8news\.example\.test")
        os.unlink(self.file("store.db"))
        screen.press("s", r"store .*(gone|removed|replaced|none|not the)")
        shutil.copyfile(harness.known(), self.file("store.db"))
        screen.press("q", r"\[ended\]")

    def test_first_run_full(self):
        """The first run in a room without any room."""
        room = self.mount()
        self.fill(room)
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               os.path.join(room, "new.db")], width=160)
        screen.wait(r"the collector ended; it starts again at [\d:]+ UTC: "
                    r".*cannot be written")
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
