#!/usr/bin/env python3
"""Condense the list of IAM's services and actions into one file.

    python3 spec/actions.py             # fetch the package, write spec/actions.spec
    python3 spec/actions.py --check     # the same, but only say whether the file is what it would write

Source: PyPI `cfn-lint` (MIT-0), the version that spec/condense.py pins. Its list has no capitals. IAM ignores them, but
people do not: an action is spelled as the permissions of the resource types' handlers spell it, and one that is not among
those is put together from words that are.

The file: a line that names the format, a line of JSON (the source), then one deflate frame of text: a line per service,
its name and its actions, in order.
"""

import argparse
import collections
import functools
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from condense import CFN_LINT, HERE, deflate, inflate

OUT = HERE / "actions.spec"
MAGIC = "formwork-actions 1"


def fetch(into):
    """The list, and every action that a handler is allowed, as it is spelled there."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", into, f"cfn-lint=={CFN_LINT}"], check=True)
    wheel = zipfile.ZipFile(next(into.glob("cfn_lint-*.whl")))
    policies = json.loads(wheel.read("cfnlint/data/AdditionalSpecs/Policies.json"))
    spelled = set()
    for name in sorted(wheel.namelist()):
        if name.startswith("cfnlint/data/schemas/resources/"):
            handlers = json.loads(wheel.read(name)).get("handlers", {})
            found = (re.fullmatch(r"([a-z0-9-]+):([A-Z]\w+)", text) for text in texts(handlers))
            spelled |= {(m[1], m[2]) for m in found if m}
    return policies, sorted(spelled)


def texts(node):
    if isinstance(node, str):
        yield node
    for x in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from texts(x)


def capitals(spelled):
    """How to spell an action of a service that is given without capitals."""
    own = {(service, action.lower()): action for service, action in spelled}
    anywhere = {action.lower(): action for _, action in spelled}
    words = collections.Counter(w for _, a in spelled for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[0-9]+", a))
    known = {}
    for word, count in sorted(words.items(), key=lambda entry: entry[1]):
        known[word.lower()] = (word, math.log(count / words.total()))

    @functools.cache
    def put_together(text):
        if not text:
            return 0, ""
        options = []
        for end in range(2, min(len(text), 24) + 1):
            if text[:end] in known:
                word, weight = known[text[:end]]
                rest = put_together(text[end:])
                if rest:
                    options.append((weight + rest[0], word + rest[1]))
        return max(options, default=None)

    def spell(service, action):
        made = put_together(action)
        return own.get((service, action)) or anywhere.get(action) or (made[1] if made else action)

    return spell


def main():
    ask = argparse.ArgumentParser(description="Condense the list of IAM's services and actions into one file.")
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        policies, spelled = fetch(pathlib.Path(folder))
    spell = capitals(spelled)
    lines = [" ".join([s, *(spell(s, a) for a in sorted(policies[s]["Actions"]))]) for s in sorted(policies)]
    content = "\n".join(lines).encode()
    head = f"{MAGIC}\n{json.dumps({'sources': {'cfn-lint': CFN_LINT}})}\n".encode()
    before = OUT.read_bytes() if OUT.exists() else b""
    same = before.startswith(head) and inflate(before[len(head):]) == content
    actions = sum(len(p["Actions"]) for p in policies.values())
    print(f"{actions} actions of {len(policies)} services; the file is {'up to date' if same else 'stale'}")
    if asked.check:
        sys.exit(0 if same else 1)
    if not same:
        OUT.write_bytes(head + deflate(content))


if __name__ == "__main__":
    main()
