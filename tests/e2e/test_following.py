"""A log that is followed while everything happens to it that may happen."""
# SPDX-License-Identifier: MIT
import os
import random
import shutil
import signal
import subprocess
import unittest

import harness
import test_logs
from harness import wait


class Following(test_logs.LogCase):
    """Beside a writer, rotations of all kinds and kills: each line once."""
    cost = 5

    def setUp(self):
        super().setUp()
        self.random = random.Random(self.id())
        self.rest = ""      # of a line that is being written
        self.process = None
        self.out = open(self.log, "a", encoding="utf-8")
        self.addCleanup(lambda: self.out.close())

    def start(self):
        self.process = self.spawn(*self.words("--follow", self.log))

    def reached(self):
        wait(lambda: self.counted() >= self.written,
             "%d messages" % self.written)
        self.assertEqual(self.counted(), self.written)

    def append(self, count):
        """So many messages; the last line may be under way for a while."""
        text = self.rest + "".join(
            test_logs.message(self.written + i) for i in range(count))
        self.written += count
        cut = self.random.choice((0, 0, 1, 40, 150))
        self.rest = text[len(text) - cut:]
        self.out.write(text[:len(text) - cut])
        self.out.flush()

    def whole(self):
        self.out.write(self.rest)
        self.out.flush()
        self.rest = ""

    def reopen(self):
        self.out.close()
        self.out = open(self.log, "a", encoding="utf-8")

    def shift(self):
        """What was rotated before goes one number up; some is packed."""
        names = sorted((name for name in os.listdir(self.where)
                        if name.startswith("mail.log.")),
                       key=lambda name: -int(name.split(".")[2]))
        for name in names:
            part = name.split(".")
            part[2] = str(int(part[2]) + 1)
            os.rename(self.file(name), self.file(".".join(part)))
            if part[2] == "2" and part[-1] != "gz" and self.random.random() < .5:
                subprocess.run(["gzip", self.file(".".join(part))], check=True)

    def rename(self):
        self.whole()
        self.shift()
        os.rename(self.log, self.log + ".1")
        for make, drop in self.random.choice(
                ([], [], [(os.mkfifo, os.unlink)], [(os.mkdir, os.rmdir)])):
            make(self.log)
            drop(self.log)
        self.append(1)      # a late writer
        self.whole()
        self.reopen()

    def copy(self):
        self.whole()
        self.shift()
        shutil.copyfile(self.log, self.log + ".1")
        os.truncate(self.log, 0)

    def replace(self):
        self.whole()
        shutil.copyfile(self.log, self.file("new"))
        os.rename(self.file("new"), self.log)
        self.reopen()

    def some(self, *, most):
        for _ in range(self.random.randint(1, most)):
            self.append(self.random.choice((1, 4, 30)))
            self.random.choice((self.rename, self.copy, self.replace))()

    def look_away(self):
        """It is halted meanwhile, or killed and begun anew."""
        if self.random.random() < .4:
            self.process.send_signal(signal.SIGSTOP)
            self.some(most=3)
            self.process.send_signal(signal.SIGCONT)
            return
        self.process.send_signal(self.random.choice(
            (signal.SIGKILL, signal.SIGTERM)))
        self.process.communicate()
        self.some(most=3)
        self.start()

    def test_whatever_happens(self):
        self.append(20)
        self.start()
        self.whole()
        self.reached()      # a log never seen has no past
        for turn in range(30):
            self.append(self.random.choice((1, 3, 60, 300)))
            self.random.choice((self.rename, self.copy, self.replace,
                                self.look_away, self.look_away))()
            if turn % 5 == 4:
                self.whole()
                self.reached()
        self.whole()
        self.reached()
        self.process.terminate()
        self.process.communicate(timeout=harness.patience(20))
        # A folder of its name may have been met, and told of.
        self.assertIn(self.process.returncode, (0, 3))
        self.assertEqual(self.ingest(self.log).code, 0)
        self.assertEqual(self.counted(), self.written)

    def test_rotated_while_nobody_looked(self):
        self.write(50)
        self.assertEqual(self.ingest(self.log).code, 0)
        for i in range(4):
            self.write(10)
            self.shift()
            os.rename(self.log, self.log + ".1")
            os.utime(self.log + ".1", (1e9, 1e9))   # as some copies leave it
        self.write(5)
        self.assertEqual(self.ingest(self.log).code, 0)
        self.assertEqual(self.counted(), self.written)


if __name__ == "__main__":
    unittest.main()
