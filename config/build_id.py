#!/usr/bin/env python3
"""Writes build_id.cpp: a hash over everything that goes into the binary.

A hash of contents, because a source archive has no version control to ask, and because a checkout with
local changes must not pass for the commit it started from. The file is only touched when it changes.
"""
import hashlib
import os
import re
import sys

FOLDERS = ["trading", "config", "protocols", "storage", "venues", "actors", "api", "commands"]
DIGITS = 16


def sources(root):
    yield "meson.build"
    for folder in FOLDERS:
        for parent, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = [name for name in folders if name not in ("node_modules", "__pycache__")]
            for name in names:
                # Editors leave hidden files and backups beside the sources.
                if not name.startswith((".", "#")) and not name.endswith(("~", ".swp", ".orig", ".rej")):
                    yield os.path.relpath(os.path.join(parent, name), root)


def build_id(root):
    total = hashlib.sha256()
    for path in sorted(sources(root)):
        with open(os.path.join(root, path), "rb") as file:
            content = file.read()
        # The lengths keep a byte from moving between two files without changing the hash.
        total.update(f"{path}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:DIGITS]


def version(root):
    with open(os.path.join(root, "meson.build"), encoding="utf-8") as file:
        return re.search(r"version: '([0-9.]+)'", file.read()).group(1)


def main():
    root, output = sys.argv[1:]
    text = f"""#include "config/build_id.hpp"

namespace supreme::config {{

std::string_view version() noexcept {{ return "{version(root)}"; }}
std::string_view build_id() noexcept {{ return "{build_id(root)}"; }}

}} // namespace supreme::config
"""
    try:
        with open(output, encoding="utf-8") as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


main()
