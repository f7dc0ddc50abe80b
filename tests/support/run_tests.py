#!/usr/bin/env python3
"""Runs the test programs that a build folder knows and adds up what they counted.

`meson test` counts programs; a reader wants to know how many tests passed. So this runs each program that
`meson introspect --tests` lists, reads GoogleTest's own report of it, and ends with one line:
`N passed, N failed`, followed by `, N skipped` when some were. The exit code is 0 only when something
passed and nothing failed.

A program that dies, hangs or leaves no report counts as one failed test beside those it had finished.
A test of the suite `script` is not a GoogleTest program: it is one test, passed when it exits with 0 and
skipped when it exits with 77.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

SKIPPED_EXIT_CODE = 77
# Suites whose programs start processes of their own or measure time: they have the machine to themselves.
EXCLUSIVE_SUITES = {"cluster"}
# How much of a failing program's output is shown; the whole of it is in its log.
SHOWN_LINES_MAX = 200


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    complaints: list = dataclasses.field(default_factory=list)

    def __add__(self, other):
        return Outcome(self.passed + other.passed, self.failed + other.failed,
                       self.skipped + other.skipped, self.complaints + other.complaints)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


# How long a program may take to tidy up when the whole run is stopped.
TIDY_UP_S = 5

# The programs that run now; each leads a process group of its own.
running = {}


def signal_group(group, number):
    """Signals a process group, which may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def end_at_once(number, _frame):
    """A stopped run leaves no test program behind."""
    programs = dict(running)
    deadline = time.monotonic() + TIDY_UP_S
    for group in programs:
        signal_group(group, signal.SIGTERM)
    for group, program in programs.items():
        try:
            program.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            signal_group(group, signal.SIGKILL)
    os._exit(128 + number)


def suites_of(test):
    """The suites without the project's name, which Meson puts before each."""
    return {suite.split(":")[-1] for suite in test["suite"]}


def read_report(report):
    """Counts the tests of a GoogleTest JSON report."""
    outcome = Outcome()
    for suite in report["testsuites"]:
        for case in suite["testsuite"]:
            name = f"{case['classname']}.{case['name']}"
            if case.get("failures"):
                outcome.failed += 1
                outcome.complaints.append(name)
            elif case["result"] == "SKIPPED":
                outcome.skipped += 1
            elif case["status"] == "RUN":
                outcome.passed += 1
    return outcome


def read_output(output):
    """Counts the tests that a program without a report had finished, from what it printed."""
    outcome = Outcome(passed=len(re.findall(r"^\[       OK \] ", output, re.M)),
                      skipped=len(re.findall(r"^\[  SKIPPED \] .*\)$", output, re.M)))
    outcome.complaints = re.findall(r"^\[  FAILED  \] (\S+) \(\d+ ms\)$", output, re.M)
    outcome.failed = len(outcome.complaints)
    return outcome


def names_its_tests(test):
    """Whether only some tests of a program are meant; the program runs as a whole besides."""
    return any(argument.startswith("--gtest_filter=") for argument in test["cmd"])


def run(test, options):
    """Runs one program; returns its outcome and the path of its log."""
    name = test["name"]
    is_script = "script" in suites_of(test)
    log = options.log_dir / f"{name}.log"
    report = options.log_dir / f"{name}.json"
    report.unlink(missing_ok=True)
    command = list(test["cmd"])
    if not is_script:
        command.append(f"--gtest_output=json:{report}")
        if not names_its_tests(test):
            command.append(f"--gtest_filter={options.filter}")
    # Meson's limit was set with an optimised build in mind; sanitizers need several times as long.
    limit_s = test["timeout"] * options.timeout_factor if test["timeout"] > 0 else None
    hung = False
    with open(log, "wb") as sink:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                                   env={**os.environ, **test["env"]}, cwd=test["workdir"],
                                   start_new_session=True)
        running[process.pid] = process
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            hung = True
            signal_group(process.pid, signal.SIGKILL)
            code = process.wait()
        running.pop(process.pid, None)

    if is_script:
        if code == SKIPPED_EXIT_CODE:
            return Outcome(skipped=1), log
        return (Outcome(passed=1) if code == 0 else Outcome(failed=1, complaints=[name])), log
    if report.exists():
        outcome = read_report(json.loads(report.read_text()))
    else:
        outcome = read_output(log.read_text(errors="replace"))
    if hung:
        outcome += Outcome(failed=1, complaints=[f"{name} did not end within {limit_s} s"])
    elif code < 0:
        outcome += Outcome(failed=1, complaints=[f"{name} was ended by {signal.Signals(-code).name}"])
    elif not report.exists():
        outcome += Outcome(failed=1, complaints=[f"{name} exited with {code} and left no report"])
    elif code != 0 and not outcome.failed:
        # For example a leak, which the sanitizer reports after the last test.
        outcome += Outcome(failed=1, complaints=[f"{name} exited with {code} after its tests"])
    return outcome, log


def run_and_tell(test, options):
    started = time.monotonic()
    outcome, log = run(test, options)
    # With a filter most programs have nothing to run, and saying so would bury the one that has.
    if outcome.passed or outcome.failed or outcome.skipped:
        text = f"test: {test['name']}: {outcome} ({time.monotonic() - started:.1f} s)"
        if outcome.failed:
            tail = log.read_text(errors="replace").splitlines()[-SHOWN_LINES_MAX:]
            text += "\n" + "\n".join(f"  | {line}" for line in tail)
        print(text, flush=True)
    return outcome


def main():
    parser = argparse.ArgumentParser(description="Runs the test programs of a Meson build folder.")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--filter", default="", help="a name's part, or a GoogleTest pattern")
    parser.add_argument("--suite", action="append", default=[], help="run this suite only; may be repeated")
    parser.add_argument("--without", action="append", default=[], help="leave this suite out; may be repeated")
    parser.add_argument("--log-dir", type=pathlib.Path, required=True)
    parser.add_argument("--timeout-factor", type=float, default=4)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, end_at_once)
    signal.signal(signal.SIGTERM, end_at_once)
    options.log_dir.mkdir(parents=True, exist_ok=True)
    filtered = bool(options.filter)
    if not re.search(r"[*?:-]", options.filter):
        options.filter = f"*{options.filter}*" if filtered else "*"

    listed = json.loads(subprocess.check_output(["meson", "introspect", "--tests", str(options.build)]))
    chosen = [test for test in listed
              if not suites_of(test) & set(options.without)
              and (not options.suite or suites_of(test) & set(options.suite))
              and not (filtered and ("script" in suites_of(test) or names_its_tests(test)))]
    together = [test for test in chosen if not suites_of(test) & EXCLUSIVE_SUITES]
    alone = [test for test in chosen if suites_of(test) & EXCLUSIVE_SUITES]

    total = Outcome()
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for outcome in pool.map(lambda test: run_and_tell(test, options), together):
            total += outcome
    for test in alone:
        total += run_and_tell(test, options)

    for complaint in total.complaints:
        print(f"test: FAILED: {complaint}")
    if not total.passed and not total.failed:
        print("test: nothing ran")
    print(total)
    sys.exit(0 if total.passed and not total.failed else 1)


if __name__ == "__main__":
    main()
