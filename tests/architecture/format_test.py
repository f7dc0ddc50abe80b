#!/usr/bin/env python3
"""Goal: every C++ file stands as .clang-format says, so that nobody argues about it and no change hides in white space.

Method: clang-format's own check over the source folders, of the version that the packages list names.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("SUPREME_HOME", pathlib.Path(__file__).resolve().parents[2]))
NOT_SOURCES = {"var", ".git"}


def sources():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith((".cpp", ".hpp")))


def main():
    files = list(sources())
    if len(files) < 100:
        sys.exit(f"only {len(files)} files were found below {ROOT}: this looks in the wrong place")
    checked = subprocess.run(["clang-format-14", "--dry-run", "-Werror", "--ferror-limit=1", *files],
                             capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        print(checked.stderr)
        sys.exit("run clang-format-14 -i on these files")


if __name__ == "__main__":
    main()
