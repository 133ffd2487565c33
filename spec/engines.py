#!/usr/bin/env python3
"""List the versions of RDS's engines in one file.

    python3 spec/engines.py             # fetch the package, write spec/engine-versions.txt
    python3 spec/engines.py --check     # the same, but only say whether the file is what it would write

Source: PyPI `cfn-lint` (MIT-0), the version that spec/condense.py pins: what instances and clusters may have, and what new
ones cannot have any more. Both lists are read as one.

The file: a line that names the format, a line of JSON (the source), then a line per engine: its name and its versions, the
oldest first, a `-` before those that are retired. Major versions alone are not in it; an engine without versions takes any.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from condense import CFN_LINT, HERE

OUT = HERE / "engine-versions.txt"
MAGIC = "formwork-engine-versions 1"
FOLDER = "cfnlint/data/schemas/extensions/"


def fetch(into):
    """Each engine's versions, and which of them are retired."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", into, f"cfn-lint=={CFN_LINT}"], check=True)
    wheel = zipfile.ZipFile(next(into.glob("cfn_lint-*.whl")))
    versions, retired = {}, {}
    for type_name in ("aws_rds_dbinstance", "aws_rds_dbcluster"):
        for rule in rules(wheel, f"{type_name}/engine_version"):
            given, then = rule["if"]["properties"], rule["then"]["properties"]
            if "const" in given["Engine"]:
                versions.setdefault(given["Engine"]["const"], set()).update(then["EngineVersion"]["enum"])
            else:
                for engine in then["Engine"]["enum"]:
                    versions.setdefault(engine, set())
        for rule in rules(wheel, f"{type_name}/engine_version_deprecated"):
            given = rule["if"]["properties"]
            retired.setdefault(given["Engine"]["const"], set()).update(given["EngineVersion"]["enum"])
    return versions, retired


def rules(wheel, name):
    return json.loads(wheel.read(f"{FOLDER}{name}.json"))["allOf"]


def by_age(version):
    """Numbers by their value: 17.10 is after 17.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)]


def line(engine, versions, retired):
    own = [v for v in versions if not any(other.startswith(f"{v}.") for other in versions)]
    return " ".join([engine, *(f"-{v}" if v in retired else v for v in sorted(own, key=by_age))])


def main():
    ask = argparse.ArgumentParser(description="List the versions of RDS's engines in one file.")
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        versions, retired = fetch(pathlib.Path(folder))
    lines = [line(engine, versions[engine], retired.get(engine, set())) for engine in sorted(versions)]
    content = "\n".join([MAGIC, json.dumps({"sources": {"cfn-lint": CFN_LINT}}), *lines]) + "\n"
    same = OUT.exists() and OUT.read_text() == content
    count = sum(len(line.split()) - 1 for line in lines)
    print(f"{count} versions of {len(lines)} engines; the file is {'up to date' if same else 'stale'}")
    if asked.check:
        sys.exit(0 if same else 1)
    if not same:
        OUT.write_text(content)


if __name__ == "__main__":
    main()
