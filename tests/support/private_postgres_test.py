#!/usr/bin/env python3
"""Goal: deploy/postgres.sh gives a durable private cluster on any path, and only its owner can reach it.

Method: real clusters in temporary folders, made, stopped, killed and destroyed through the script's verbs and
looked at with psql.
"""

import os
import pathlib
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest
import urllib.parse

HOME = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = HOME / "deploy" / "postgres.sh"
PG_BIN = os.environ.get("SUPREME_PG_BIN", "/usr/lib/postgresql/15/bin")
IS_ROOT = os.geteuid() == 0


class PrivatePostgresTest(unittest.TestCase):
    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="supreme-pg-"))
        self.addCleanup(shutil.rmtree, self.base)
        self.base.chmod(0o755)
        self.var = self.base / "var"
        self.addCleanup(self.run_verb, "destroy")

        # A stopped run must leave no server behind, and a server outlives the process group that started it.
        signal.signal(signal.SIGTERM, lambda *_: (self.doCleanups(), os._exit(1)))

    def run_verb(self, verb, name="check", expect=0):
        done = subprocess.run([SCRIPT, verb, name], env={**os.environ, "SUPREME_VAR": str(self.var)},
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        self.messages = done.stderr
        return done.stdout.strip()

    def ask(self, statement, url=None):
        return subprocess.run([f"{PG_BIN}/psql", "-XAtqc", statement, url or self.run_verb("url")],
                              capture_output=True, text=True, check=True).stdout.strip()

    def socket_dir(self, url):
        return pathlib.Path(urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["host"][0])

    def test_starts_once_and_keeps_its_data_over_a_stop(self):
        url = self.run_verb("start")
        self.assertEqual(self.run_verb("status"), "running")
        self.ask("CREATE TABLE kept AS SELECT 7 AS id")
        self.assertEqual(self.run_verb("start"), url)
        self.run_verb("stop")
        self.assertEqual(self.run_verb("status", expect=3), "stopped")
        self.assertEqual(self.run_verb("start"), url)
        self.assertEqual(self.ask("SELECT id FROM kept"), "7")

    def test_starts_again_after_the_server_was_killed(self):
        self.run_verb("start")
        self.ask("CREATE TABLE kept AS SELECT 7 AS id")
        postmaster = int(self.ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
        os.kill(postmaster, signal.SIGKILL)
        self.assertEqual(self.run_verb("status", expect=3), "stopped")
        self.run_verb("start")
        self.assertEqual(self.ask("SELECT id FROM kept"), "7")

    def test_keeps_no_file_of_its_caller_open(self):
        ours, theirs = os.pipe()
        os.set_inheritable(theirs, True)
        done = subprocess.run([SCRIPT, "start", "check"], env={**os.environ, "SUPREME_VAR": str(self.var)},
                              capture_output=True, pass_fds=[theirs], check=True)
        self.assertTrue(done.stdout)
        os.close(theirs)
        # The end of the pipe shows that nobody else holds its other end; a server that did would block this.
        self.assertTrue(select.select([ours], [], [], 10)[0])
        self.assertEqual(os.read(ours, 1), b"")
        os.close(ours)

    def test_starts_beside_a_stranger_with_the_number_of_a_killed_server(self):
        self.run_verb("start")
        self.run_verb("stop")
        lock = self.var / "pg" / "check" / "data" / "postmaster.pid"
        lock.write_text(f"{os.getpid()}\n")
        self.run_verb("start")
        self.assertEqual(self.ask("SELECT 1"), "1")

    def test_starts_after_a_first_start_that_was_cut_off(self):
        self.run_verb("start")
        self.run_verb("stop")
        data = self.var / "pg" / "check" / "data"
        data.rename(data.with_name("data.new"))
        self.run_verb("start")
        self.assertEqual(self.ask("SELECT current_database()"), "supreme")

    def test_destroys_nothing_but_itself(self):
        self.run_verb("start")
        other = self.run_verb("start", "other")
        self.addCleanup(self.run_verb, "destroy", "other")
        self.run_verb("destroy")
        self.assertFalse((self.var / "pg" / "check").exists())
        self.assertEqual(self.ask("SELECT 1", other), "1")

    def test_lets_only_its_owner_in(self):
        url = self.run_verb("start")
        folder = self.socket_dir(url)
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        self.assertEqual(self.ask("SHOW listen_addresses"), "")
        if IS_ROOT:
            stranger = subprocess.run(["setpriv", "--reuid", "nobody", "--clear-groups", f"{PG_BIN}/psql", "-c",
                                       "SELECT 1", url], capture_output=True, text=True, check=False, cwd="/")
            self.assertNotEqual(stranger.returncode, 0)
            self.assertIn("Permission denied", stranger.stderr)

    def test_speaks_utf8_in_c_order_and_utc(self):
        self.run_verb("start")
        self.assertEqual(self.ask("SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database"
                                  " WHERE datname = current_database()"), "UTF8|C")
        self.assertEqual(self.ask("SHOW timezone"), "UTC")

    def test_answers_below_a_path_too_long_for_a_socket(self):
        self.var = self.base / ("long-" * 12) / ("path-" * 12) / "var"
        url = self.run_verb("start")
        folder = self.socket_dir(url)
        self.assertFalse(folder.is_relative_to(self.var))
        self.assertEqual(self.ask("SELECT 1"), "1")
        self.run_verb("destroy")
        self.assertFalse(folder.exists())

    def test_answers_below_a_path_with_odd_characters(self):
        self.var = self.base / "a b&c%d'é" / "var"
        self.run_verb("start")
        self.assertEqual(self.ask("SELECT 1"), "1")

    @unittest.skipUnless(IS_ROOT, "only root runs the server as another user")
    def test_moves_its_data_where_the_server_may_go(self):
        closed = self.base / "closed"
        closed.mkdir(mode=0o700)
        self.var = closed / "var"
        url = self.run_verb("start")
        self.assertIn("/var/lib/supreme/", self.messages)
        state = self.socket_dir(url).parent
        self.assertTrue(state.is_relative_to("/var/lib/supreme"))
        self.assertEqual(self.ask("SELECT 1"), "1")
        self.assertEqual(self.run_verb("start"), url)
        self.run_verb("destroy")
        self.assertFalse(state.parent.exists())

    def test_refuses_a_name_that_is_a_path(self):
        for name in ["../x", "a/b", "", "A", "x" * 33]:
            self.run_verb("start", name, expect=1)


if __name__ == "__main__":
    unittest.main()
