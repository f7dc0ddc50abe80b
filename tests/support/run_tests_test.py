#!/usr/bin/env python3
"""Goal: no test that failed, died, hung or never ran can be counted as passed.

Method: small scripts stand in for test programs of every fate, and a stand-in for Meson lists them. The
runner then counts them as it counts real ones.
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).with_name("run_tests.py")


def case(name, **fields):
    return {"name": name, "classname": "suite", "status": "RUN", "result": "COMPLETED", **fields}


PASSED = case("passes")
FAILED = case("fails", failures=[{"failure": "because"}])
SKIPPED = case("skips", result="SKIPPED")
DISABLED = case("is_off", status="NOTRUN", result="SUPPRESSED")


def program_with_report(*cases, code=0):
    """A program that writes a GoogleTest report of these cases and exits."""
    report = json.dumps({"testsuites": [{"name": "suite", "testsuite": list(cases)}]})
    return f"""
import sys
path = next(a for a in sys.argv if a.startswith("--gtest_output=json:")).split(":", 1)[1]
open(path, "w").write({report!r})
sys.exit({code})
"""


FINISHED_ONE = 'print("[       OK ] suite.first (0 ms)\\n[  SKIPPED ] suite.second (0 ms)", flush=True)\n'


class RunnerTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.listed = []

    def script(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def add(self, name, text, suite="unit", timeout=30):
        path = self.script(f"{name}_program", f"#!{sys.executable}\n{text}")
        self.listed.append({"name": name, "cmd": [str(path)], "env": {}, "workdir": None,
                            "timeout": timeout, "suite": [f"supreme:{suite}"]})

    def run_all(self, *arguments):
        """Returns the last line and the exit code."""
        self.script("meson", f"#!{sys.executable}\nprint({json.dumps(self.listed)!r})\n")
        done = subprocess.run([sys.executable, str(RUNNER), "--log-dir", str(self.folder / "logs"),
                               *arguments, str(self.folder)], capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        self.assertEqual(done.stderr, "")
        self.output = done.stdout
        return done.stdout.splitlines()[-1], done.returncode

    def test_adds_up_what_the_programs_counted(self):
        self.add("one", program_with_report(PASSED, SKIPPED, DISABLED))
        self.add("two", program_with_report(PASSED, PASSED))
        self.assertEqual(self.run_all(), ("3 passed, 0 failed, 1 skipped", 0))

    def test_fails_when_one_test_failed(self):
        self.add("one", program_with_report(PASSED, FAILED, code=1))
        self.assertEqual(self.run_all(), ("1 passed, 1 failed", 1))
        self.assertIn("FAILED: suite.fails", self.output)

    def test_counts_a_program_that_crashed_beside_what_it_had_finished(self):
        self.add("one", FINISHED_ONE + "import os, signal; os.kill(os.getpid(), signal.SIGABRT)")
        self.assertEqual(self.run_all(), ("1 passed, 1 failed, 1 skipped", 1))
        self.assertIn("SIGABRT", self.output)

    def test_counts_a_program_that_left_no_report(self):
        self.add("one", "pass")
        self.assertEqual(self.run_all(), ("0 passed, 1 failed", 1))

    def test_counts_a_program_that_failed_after_its_tests(self):
        self.add("one", program_with_report(PASSED, code=23))
        self.assertEqual(self.run_all(), ("1 passed, 1 failed", 1))

    def test_ends_a_program_that_hangs(self):
        self.add("one", FINISHED_ONE + "import signal; signal.pause()", timeout=1)
        self.assertEqual(self.run_all("--timeout-factor", "0.5"), ("1 passed, 1 failed, 1 skipped", 1))
        self.assertIn("did not end within", self.output)

    def test_fails_when_nothing_ran(self):
        self.assertEqual(self.run_all(), ("0 passed, 0 failed", 1))

    def test_fails_when_everything_was_skipped(self):
        self.add("one", program_with_report(SKIPPED))
        self.assertEqual(self.run_all(), ("0 passed, 0 failed, 1 skipped", 1))

    def test_does_not_read_the_report_of_an_earlier_run(self):
        self.add("one", program_with_report(PASSED))
        self.assertEqual(self.run_all(), ("1 passed, 0 failed", 0))
        self.script("one_program", f"#!{sys.executable}\n")
        self.assertEqual(self.run_all(), ("0 passed, 1 failed", 1))

    def test_chooses_suites(self):
        self.add("one", program_with_report(PASSED))
        self.add("two", program_with_report(PASSED, PASSED), suite="cluster")
        self.assertEqual(self.run_all("--without", "cluster"), ("1 passed, 0 failed", 0))
        self.assertEqual(self.run_all("--suite", "cluster"), ("2 passed, 0 failed", 0))

    def test_hands_a_filter_on(self):
        self.add("one", 'import sys\nassert "--gtest_filter=*lease*" in sys.argv' + program_with_report(PASSED))
        self.assertEqual(self.run_all("--filter", "lease"), ("1 passed, 0 failed", 0))

    def test_counts_a_script_by_its_exit_code(self):
        for name, code in {"good": 0, "bad": 1, "without": 77}.items():
            self.add(name, f"import sys; sys.exit({code})", suite="script")
        self.assertEqual(self.run_all(), ("1 passed, 1 failed, 1 skipped", 1))


if __name__ == "__main__":
    unittest.main()
