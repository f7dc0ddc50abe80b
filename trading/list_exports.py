#!/usr/bin/env python3
"""Writes the list of symbols that a program exports to libraries of custom strategies, for the linker.

These are the functions and objects that the trading library defines once. Weak symbols come from headers: every
library has its own, and one that was built with older headers must not meet newer ones under the same name. But for the
type information of classes, which says nothing of their layout: what compares its addresses, as the sanitizers do, must
find one in a process.
"""
import re
import subprocess
import sys

# Strong definitions: code, data, read-only data, zeroed data.
STRONG = "TDRB"
OURS = re.compile(r"^_Z\w*7supreme7trading")
TYPE_INFORMATION = re.compile(r"^_ZT[IS]N7supreme7trading")


def is_exported(name, kind):
    return (kind in STRONG and OURS.match(name)) or TYPE_INFORMATION.match(name)


def main():
    library, output = sys.argv[1:]
    listed = subprocess.run(["nm", "--extern-only", "--defined-only", "--format=posix", library],
                            check=True, capture_output=True, text=True).stdout
    words = (line.split() for line in listed.splitlines())
    names = sorted({entry[0] for entry in words if len(entry) > 2 and is_exported(entry[0], entry[1])})
    if not names:
        sys.exit(f"{library} defines nothing to export")
    with open(output, "w", encoding="utf-8") as file:
        file.write("{\n" + "".join(f"  {name};\n" for name in names) + "};\n")


main()
