#!/usr/bin/env python3
"""Writes the numbered migrations as one C++ table: embed_migrations.py OUTPUT FILE..."""
import pathlib
import re
import sys

output, files = pathlib.Path(sys.argv[1]), [pathlib.Path(name) for name in sys.argv[2:]]
entries = []
for expected, path in enumerate(sorted(files, key=lambda file: file.name), start=1):
    name = re.fullmatch(r"(\d{4})_([a-z_]+)\.sql", path.name)
    if not name or int(name[1]) != expected:
        sys.exit(f"{path.name}: migrations are named NNNN_name.sql, without gaps; {expected:04} comes next")
    text = path.read_text(encoding="utf-8")
    if ')sql"' in text:
        sys.exit(f'{path.name}: must not hold )sql"')
    entries.append(f'  {{{expected}, "{name[2]}", R"sql({text})sql"}},\n')

output.write_text(f"""#include "storage/migrations.hpp"

namespace supreme::storage {{

namespace {{
constexpr migration table[] = {{
{"".join(entries)}}};
}} // namespace

std::span<const migration> all_migrations() {{ return table; }}

}} // namespace supreme::storage
""", encoding="utf-8")
