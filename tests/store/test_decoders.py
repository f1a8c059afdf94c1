"""Decoders of records that share a class, made by several threads at once."""

import subprocess
import sys
import textwrap

RACE = """
    import sys, threading
    from dataclasses import make_dataclass
    from monitor.store.sql import decoder, encode

    sys.setswitchinterval(1e-6)
    for _ in range(60):
        parts = [make_dataclass(f"P{n}", [(f"f{k}", int | None, None) for k in range(40)]) for n in range(8)]
        inner = make_dataclass("Inner", [(f"p{n}", part | None, None) for n, part in enumerate(parts)])
        records = [make_dataclass(f"R{n}", [("held", list[inner])]) for n in range(4)]
        start = threading.Barrier(len(records))

        def use(record):
            body = encode(record([inner(*(part() for part in parts))]))
            start.wait()
            decoder(record).decode(body)

        threads = [threading.Thread(target=use, args=(record,)) for record in records]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print("done")
"""


def test_several_threads_may_need_decoders_at_once():
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(RACE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
