#!/usr/bin/env python3
"""Copies the headers that custom strategies include below the installation's include folder, for `meson install`.

Their includes are written from the root of the source tree, so they keep their folders: include/supreme/trading/...
"""
import os
import pathlib
import shutil
import sys


def main():
    root, include_folder = sys.argv[1:]
    source = pathlib.Path(root) / "trading"
    target = pathlib.Path(os.environ["MESON_INSTALL_DESTDIR_PREFIX"]) / include_folder / "supreme" / "trading"
    # What an earlier release had and this one has not would still be found by an #include.
    shutil.rmtree(target, ignore_errors=True)
    for header in sorted(source.rglob("*.hpp")):
        to = target / header.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(header, to)


main()
