#!/usr/bin/env python3
"""List the properties whose change AWS documents as an interruption of the resource.

    python3 spec/interruptions.py             # fetch the package, write spec/interruptions.txt
    python3 spec/interruptions.py --check     # the same, but only say whether the file is what it would write

Neither the registry's schemas nor the specification that came before them know it: only the documentation's "Update
requires: Some interruptions" does. Source: npm `@tsaws/cloudformation` (MIT), which repeats the documentation of the
resource specification 119.1.0 at each property. What the documentation has said since then is not in it, and a few pages
(instances of EC2 among them) are not in it at all.

The file: a line that names the format, a line of JSON (the source), then a line per property: its type and its path, `*`
for each item of a list. Paths are found in cloudformation.spec; a property that is not there any more is left out.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib

from condense import HERE
from condense import OUT as SPECIFICATION

PACKAGE = "@tsaws/cloudformation"
VERSION = "0.0.1"
OUT = HERE / "interruptions.txt"
MAGIC = "formwork-interruptions 1"
WORDS = re.compile(r"Update requires[^\[]{0,4}\[Some interruptions\]")
# A comment, the name of an interface, or the name of a property.
PARTS = re.compile(r"/\*\*(?P<doc>.*?)\*/|^export interface (?P<owner>\w+)|^  (?P<name>\w+)\??: ", re.S | re.M)


def fetch(into):
    """The interfaces' names, each with the properties whose comment says it."""
    subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=into, check=True, stdout=subprocess.DEVNULL)
    found = []
    with tarfile.open(next(into.glob("*.tgz"))) as package:
        for member in package.getmembers():
            if not re.fullmatch(r"package/types/.*\.d\.ts", member.name):
                continue
            owner, doc = "", ""
            for part in PARTS.finditer(package.extractfile(member).read().decode()):
                if part["doc"] is not None:
                    doc = part["doc"]
                    continue
                owner = part["owner"] or owner
                if part["name"] and WORDS.search(doc):
                    found.append((owner, part["name"]))
                doc = ""
    return found


def types():
    """Every type of the specification, by the name that its interfaces begin with."""
    content = SPECIFICATION.read_bytes()
    _, index, frames = content.split(b"\n", 2)
    known = {}
    for service in json.loads(index)["services"]:
        frame = frames[service["offset"]:service["offset"] + service["length"]]
        for name, schema in json.loads(zlib.decompress(frame, -15)).items():
            known["".join(name.split("::")[1:])] = (name, schema)
    return known


def paths(schema, definition):
    """Where a definition stands in a type: paths, `*` for each item. The empty one is the type itself."""
    if definition == "Properties":
        return [""]
    found = []

    def look(part, path, within):
        if "ref" in part and part["ref"] not in within:
            if part["ref"] == definition:
                found.append(path)
            look(schema["definitions"][part["ref"]], path, within | {part["ref"]})
        if "items" in part:
            look(part["items"], f"{path}*/", within)
        for name, inner in part.get("properties", {}).items():
            look(inner, f"{path}{name}/", within)

    look({key: schema[key] for key in ("properties",) if key in schema}, "", frozenset())
    return found


def lines(found):
    known, out, gone = types(), set(), []
    for owner, name in found:
        prefixes = [prefix for prefix in known if owner.startswith(prefix)]
        type_name, schema = known[max(prefixes, key=len)] if prefixes else ("", {})
        definition = owner[len(max(prefixes, key=len, default="")):]
        inner = schema if definition == "Properties" else schema.get("definitions", {}).get(definition, {})
        if name in inner.get("properties", {}):
            out.update(f"{type_name} {path}{name}" for path in paths(schema, definition))
        else:
            gone.append(f"{owner}.{name}")
    return sorted(out), gone


def main():
    ask = argparse.ArgumentParser(description="List the properties whose change is documented as an interruption.")
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        listed, gone = lines(fetch(pathlib.Path(folder)))
    content = "\n".join([MAGIC, json.dumps({"sources": {PACKAGE: VERSION}}), *listed]) + "\n"
    same = OUT.exists() and OUT.read_text() == content
    print(f"{len(listed)} properties; the file is {'up to date' if same else 'stale'}")
    if gone:
        print(f"not in the specification: {', '.join(gone)}")
    if asked.check:
        sys.exit(0 if same else 1)
    if not same:
        OUT.write_text(content)


if __name__ == "__main__":
    main()
