#!/usr/bin/env python3
"""Goal: docs/custom-strategies.md works as it stands, from an empty folder to a backtest that trades.

Method: installs the built product into a temporary folder, runs every `sh` block of the guide there in one shell, then
the commands of the README that the guide's first command has written, and looks at what came of it. Last, the same
strategy is built for another interface version, and refused.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HOME = pathlib.Path(os.environ.get("SUPREME_HOME", pathlib.Path(__file__).resolve().parents[2]))
SKIPPED = 77


def shell_blocks(page):
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(script, folder, environment, expected=0):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != expected:
        print(f"{script}\n{done.stdout}")
        sys.exit(f"exit code {done.returncode}, expected {expected}")
    return done.stdout


def expect(condition, what):
    if not condition:
        sys.exit(f"expected {what}")


def install(binary, folder):
    """The environment in which `supreme` is the installed program, and where its headers are."""
    build = binary.parent.parent
    target = folder / "installed"
    done = subprocess.run(["meson", "install", "--no-rebuild", "-C", str(build), "--destdir", str(target)],
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"meson install to work:\n{done.stdout}{done.stderr}")
    program = next(target.rglob("bin/supreme"))
    headers = program.parent.parent / "include" / "supreme"
    description = next(target.rglob("pkgconfig/supreme.pc")).read_text(encoding="utf-8")
    expect("-I${includedir}/supreme" in description, f"the headers' folder in supreme.pc:\n{description}")
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    # They would lead to the checkout.
    for name in ("SUPREME_HOME", "CXX"):
        environment.pop(name, None)
    return environment, headers


def build_for_another_interface(folder, headers, environment):
    """uptrend.cpp with a header that says another version and is found before the right one."""
    other = folder / "other"
    header = pathlib.Path("trading/strategies/plugin.hpp")
    (other / header.parent).mkdir(parents=True)
    text = (headers / header).read_text(encoding="utf-8")
    changed = re.sub(r"(plugin_interface_version = )\d+", r"\g<1>4711", text)
    expect(changed != text, "the interface version in plugin.hpp")
    (other / header).write_text(changed, encoding="utf-8")
    run(f"g++ -std=c++20 -fPIC -shared -isystem {other} -isystem {headers} uptrend.cpp -o other.so",
        folder, environment)


def main():
    binary = os.environ.get("SUPREME_BINARY")
    if binary is None or shutil.which("g++") is None or shutil.which("meson") is None:
        print("needs SUPREME_BINARY, g++ and meson")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="supreme-test-") as name:
        folder = pathlib.Path(name)
        environment, headers = install(pathlib.Path(binary), folder)
        blocks = shell_blocks(HOME / "docs" / "custom-strategies.md")
        expect(len(blocks) >= 4, "the guide to have commands")
        output = run("\n".join(blocks), folder, environment)
        uptrend = folder / "uptrend"
        result = json.loads((uptrend / "result.json").read_text(encoding="utf-8"))
        expect(result["fills"] > 20, f"a backtest that trades:\n{output}")
        expect(re.search(r"\d+ signals on \d+ generated bars, the first with bar \d+, the same each time", output),
               f"a trial without complaints:\n{output}")
        expect(re.search(r'^sha256 = "[0-9a-f]{64}"$', output, re.MULTILINE), f"the library's hash:\n{output}")

        readme = shell_blocks(uptrend / "README.md")
        expect(str(headers) in readme[0], "the installed headers in the README")
        output = run("\n".join(readme), uptrend, environment)
        expect("[  PASSED  ] 2 tests." in output, f"the strategy's own test to pass:\n{output}")

        build_for_another_interface(uptrend, headers, environment)
        output = run("supreme strategy check other.so", uptrend, environment, expected=1)
        expect("other.so: it was built for interface version 4711" in output, f"a refusal:\n{output}")
        output = run("sed 's/build.uptrend/other/' cluster.toml > other.toml; supreme backtest other.toml --to 2026-01-04",
                     uptrend, environment, expected=2)
        expect("interface version 4711" in output, f"a refusal:\n{output}")


main()
