"""The templates, read by PyYAML, a reader of YAML 1.1, hold what the program's JSON holds."""

import datetime
import json
import pathlib
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Loader(yaml.SafeLoader):
    """PyYAML as it is, and CloudFormation's short forms."""


def short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", short_form)


def program():
    """The program that `cargo` built last, asked for JSON."""
    run = subprocess.run(
        ["cargo", "run", "--quiet", "--", "synth", "--stdout", "--format", "json", "--minify"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    decoder, text, found = json.JSONDecoder(), run.stdout, []
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found


def main():
    manifest = json.loads((ROOT / "templates/manifest.json").read_text())
    documents = program()
    assert len(documents) == len(manifest["stacks"]), "the manifest lists other stacks than the program"
    for stack, expected in zip(manifest["stacks"], documents):
        path = ROOT / "templates" / stack["template"]
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
        if read != expected:
            sys.exit(f"{path.relative_to(ROOT)} reads as something else than its JSON")
    print(f"{len(documents)} passed, 0 failed")


if __name__ == "__main__":
    assert yaml.safe_load("a: 12:30:45") == {"a": 45045}, "this is no reader of YAML 1.1"
    assert isinstance(yaml.safe_load("2020-01-01"), datetime.date)
    main()
