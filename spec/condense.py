#!/usr/bin/env python3
"""Condense CloudFormation's resource specification into one file.

    python3 spec/condense.py            # fetch the two packages, write spec/cloudformation.spec
    python3 spec/condense.py --check    # the same, but only say whether the file is what it would write

Sources, both from public package registries, versions pinned below:

* PyPI `cfn-lint` (MIT-0): the registry schema of every type in every region, with its patches: patterns, ranges,
  cross-property rules, regions.
* npm `@aws-cdk/aws-service-spec` (Apache-2.0): documentation, what `Ref` returns, typed attributes, relations between
  resources, ARN templates, which types hold data.

The file: a line that names the format, a line of JSON (the index), then one deflate frame of JSON per service. The same
packages give the same file; a frame whose content did not change keeps its bytes, whatever zlib wrote it. See
spec/README.md for the fields.
"""

import argparse
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

CFN_LINT = "1.58.0"
SERVICE_SPEC = "0.1.216"
HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "cloudformation.spec"
MAGIC = "formwork-spec 1"
HOME = "us-east-1"

# JSON Schema keywords that are kept; everything else in a schema is the registry's own business (handlers, permissions).
KEPT = [
    "type", "enum", "enumCaseInsensitive", "const", "pattern", "format", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "uniqueItems", "uniqueKeys", "maxUniqueItems", "minProperties", "maxProperties",
    "required", "requiredXor", "requiredOr", "dependentRequired", "dependentExcluded", "default",
]
SCHEMAS = ["items", "additionalProperties", "not", "if", "then", "else"]
SCHEMA_LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"]
SCHEMA_MAPS = ["properties", "patternProperties", "definitions"]


# ---------------------------------------------------------------------------------------------------- the two packages


def fetch(into: pathlib.Path):
    """Download both packages with their own clients and return (regions, schema by region and type, service spec)."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", into, f"cfn-lint=={CFN_LINT}"], check=True)
    subprocess.run(
        ["npm", "pack", "--silent", f"@aws-cdk/aws-service-spec@{SERVICE_SPEC}"], cwd=into, check=True,
        stdout=subprocess.DEVNULL)
    wheel = zipfile.ZipFile(next(into.glob("cfn_lint-*.whl")))
    base = "cfnlint/data/schemas/"
    names = set(wheel.namelist())
    regions = {}
    for name in sorted(names):
        found = re.fullmatch(base + r"providers/([a-z0-9-]+-\d+)\.json", name)
        if found:
            regions[found[1]] = json.loads(wheel.read(name))

    def schema(digest):
        return json.loads(wheel.read(f"{base}resources/{digest}.json"))

    archive = tarfile.open(next(into.glob("*aws-service-spec-*.tgz")))
    overlay = json.loads(gzip.decompress(archive.extractfile("package/db.json.gz").read()))["schema"]
    return regions, schema, Overlay(overlay)


class Overlay:
    """aws-service-spec, indexed by type name."""

    def __init__(self, db):
        self.resources = {r["cloudFormationType"]: r for r in db["resource"]["entities"]}
        definitions = {t["$id"]: t for t in db["typeDefinition"]["entities"]}
        uses = db["usesType"]["forward"]
        self.names = {i: t["name"] for i, t in definitions.items()}
        self.definitions = {
            name: {definitions[u["$id"]]["name"]: definitions[u["$id"]] for u in uses.get(r["$id"], [])}
            for name, r in self.resources.items()
        }


# ---------------------------------------------------------------------------------------------------------- prose


def sentence(text: str) -> str:
    """The first sentence of AWS's documentation, as plain Markdown that rustdoc reads without a warning."""
    text = re.sub(r"(?s)<!--.*?-->|</?[A-Za-z][^<>]*>", " ", text or "")
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = text.replace("``", "`").strip()
    text = re.split(r"\n\s*\n|\n\s*[*+>-] |\n#+ ", text)[0]
    text = re.sub(r"\s+", " ", text).strip().lstrip("#*->+ ")
    ends = [m.start() + 1 for m in re.finditer(r"[.!?](?= [A-Z`*\"(])", text)]
    for end in ends:
        if not re.search(r"(?:\b(?:e\.g|i\.e|etc|vs|Inc|No|St)\.|\b[A-Z]\.)$", text[:end]):
            text = text[:end]
            break
    text = re.sub(r" ([.,;:])(?= |$)", r"\1", text).rstrip(" :")
    if len(text) > 320:
        text = text[:320].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
    if text.count("`") % 2:
        text = text.replace("`", "")
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"(\\?)([\[\]<>*_|])", r"\\\2", parts[i])
        parts[i] = re.sub(r"(https?://[^\s,;)]+[^\s,;).])", r"`\1`", parts[i].replace("\\_", "_"))
    return "`".join(parts)


# --------------------------------------------------------------------------------------------------------- schemas


def prune(s, doc=None, nested=None):
    """A schema without what formwork does not use; `doc(path)` finds better documentation than the schema's own."""
    if not isinstance(s, dict):
        return s
    out = {}
    if "$ref" in s:
        tail = s["$ref"].split("/")[2:]
        out["ref"] = tail[0] if s["$ref"].startswith("#/definitions/") else "/" + tail[0]
    for k in KEPT:
        if k in s:
            out[k] = s[k]
    out.pop("default", None) if isinstance(s.get("default"), (dict, list)) else None
    if s.get("insertionOrder") is False:
        out["unordered"] = True
    deps = s.get("dependencies") or {}
    for k, v in deps.items():
        if isinstance(v, list) and k not in s.get("properties", {}):
            continue  # rules put on a leaf by mistake: the property is not one of this object's
        if isinstance(v, list):
            out.setdefault("dependentRequired", {})[k] = v
    for k in SCHEMAS:
        if isinstance(s.get(k), (dict, bool)):
            out[k] = prune(s[k])
    for k in SCHEMA_LISTS:
        if isinstance(s.get(k), list):
            out[k] = [prune(x) for x in s[k]]
    for k in SCHEMA_MAPS:
        if isinstance(s.get(k), dict):
            out[k] = {n: prune(x) for n, x in s[k].items()}
    if "properties" in s:
        for n, x in s["properties"].items():
            text = sentence((doc or {}).get(n, "")) or sentence(x.get("description", "") if isinstance(x, dict) else "")
            if text and isinstance(out["properties"][n], dict):
                out["properties"][n]["doc"] = text
    if out.get("additionalProperties") is True:
        del out["additionalProperties"]
    for k in ("oneOf", "anyOf"):  # the commonest rules, in the form that reads well in an error
        branches = out.get(k)
        if branches and all(set(b) == {"required"} and len(b["required"]) == 1 for b in branches):
            names = sorted({b["required"][0] for b in branches})
            rule = "requiredXor" if k == "oneOf" else "requiredOr"
            if rule not in out and len(names) == len(branches):
                out[rule] = names
                del out[k]
    return out


def paths(s, key):
    """`/properties/A/*/B` pointers as `A/*/B`."""
    found = (re.sub(r"/properties/", "/", p.removeprefix("/properties/")) for p in s.get(key) or [])
    return sorted(set(found))


def lift(owner, s, definitions):
    """Give every inline object a definition, so that each becomes a type with a name: `{Owner}{Property}`."""
    for n, p in list((s.get("properties") or {}).items()):
        name = owner + n[0].upper() + n[1:]
        s["properties"][n] = lifted(name, p, definitions)
    for k in SCHEMA_LISTS:
        for b in s.get(k) or []:
            if isinstance(b, dict) and "properties" in b and k in ("oneOf", "anyOf"):
                lift(owner, b, definitions)


def lifted(name, p, definitions):
    if not isinstance(p, dict):
        return p
    if p.get("type") == "object" and "properties" in p and "ref" not in p:
        while name in definitions:
            name += "Object"
        definitions[name] = {k: v for k, v in p.items() if k != "doc"}
        lift(name, definitions[name], definitions)
        return {"ref": name, **({"doc": p["doc"]} if "doc" in p else {})}
    if isinstance(p.get("items"), dict):
        p["items"] = lifted(name if name.endswith("Item") else name + "Item", p["items"], definitions)
    for pattern, q in (p.get("patternProperties") or {}).items():
        p["patternProperties"][pattern] = lifted(name + "Value", q, definitions)
    return p


# ----------------------------------------------------------------------------------------------------- relations


class Kinds:
    """What an identifier identifies: `AWS::EC2::VPC.Id`. Two spellings of one identifier are one kind."""

    def __init__(self):
        self.same = {}

    def find(self, k):
        while k in self.same:
            k = self.same[k]
        return k

    def unify(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.same[b] = a


def formats(s):
    """The identifier formats of a schema: its own, or those of its alternatives."""
    found = [s["format"]] if "format" in s else []
    if not found and "anyOf" in s and all(isinstance(x, dict) for x in s["anyOf"]):
        found = [x["format"] for x in s["anyOf"] if "format" in x]
    out = []
    for f in found:
        if re.fullmatch(r"\w+::\w+::\w+\.\w+", f):
            out.append(re.sub(r"(Id|Name)s$", r"\1", f))
    return out


def relate(kinds, type_name, node, relations, own):
    """Put `kinds` on a property (or its items): which identifiers it takes."""
    target = node["items"] if isinstance(node.get("items"), dict) and "ref" not in node["items"] else node
    found = [f"{r['cloudFormationType']}.{r['propertyName']}" for r in relations if r.get("propertyName")]
    found += formats(target) + formats(node)
    found = sorted({kinds.find(f) for f in found})
    if target.get("type") not in ("string", None) or "ref" in target or "properties" in target:
        return
    if own and any(f.startswith(type_name + ".") for f in found):
        return
    if found:
        target["kinds"] = found


# ---------------------------------------------------------------------------------------------------------- a type


def condense(type_name, s, overlay, kinds, absent):
    top = overlay.resources.get(type_name, {})
    nested = overlay.definitions.get(type_name, {})
    docs = {n: p.get("documentation", "") for n, p in top.get("properties", {}).items()}
    out = prune(s, docs)
    out.pop("description", None)
    definitions = {
        n: prune(d, {k: p.get("documentation", "") for k, p in nested.get(n, {}).get("properties", {}).items()})
        for n, d in (s.get("definitions") or {}).items()
    }
    for n, d in definitions.items():
        text = sentence(nested.get(n, {}).get("documentation", "")) or sentence(s["definitions"][n].get("description", ""))
        if text:
            d["doc"] = text
    lift("", out, definitions)
    for n in list(definitions):
        lift(n, definitions[n], definitions)

    read_only = paths(s, "readOnlyProperties")
    settable = {n: p for n, p in out.get("properties", {}).items() if n not in read_only}
    result = {"doc": sentence(top.get("documentation", "")) or sentence(s.get("description", ""))}
    replaced, maybe = set(paths(s, "createOnlyProperties")), set(paths(s, "conditionalCreateOnlyProperties"))
    for n, p in top.get("properties", {}).items():
        if n in settable:
            {"yes": replaced, "maybe": maybe}.get(p.get("causesReplacement"), set()).add(n)
            relate(kinds, type_name, settable[n], p.get("relationshipRefs", []), own=True)
    for n, p in settable.items():
        if n not in top.get("properties", {}):
            relate(kinds, type_name, p, [], own=True)
    for n, d in definitions.items():
        over = nested.get(n, {}).get("properties", {})
        for k, p in (d.get("properties") or {}).items():
            if isinstance(p, dict):
                relate(kinds, type_name, p, over.get(k, {}).get("relationshipRefs", []), own=False)

    for k, v in out.items():
        if k not in ("properties", "definitions", "doc", "type", "additionalProperties"):
            result[k] = v
    result["properties"] = settable
    result["attributes"] = attributes(type_name, s, out, top, overlay, kinds, read_only)
    primary = [p.removeprefix("/properties/") for p in s.get("primaryIdentifier") or []]
    ref = top.get("cfnRefIdentifier") or primary
    result["refs"] = kinds.find(f"{type_name}.{ref[0]}") if len(ref) == 1 else ""
    result["definitions"] = used(settable, out, definitions)
    for key, value in {
        "primary": primary,
        "createOnly": sorted(replaced),
        "conditionalCreateOnly": sorted(maybe - replaced),
        "writeOnly": paths(s, "writeOnlyProperties"),
        "readOnly": [p for p in read_only],
        "deprecated": paths(s, "deprecatedProperties"),
        "arn": top.get("arnTemplate"),
        "stateful": top.get("isStateful"),
        "tags": [top["tagInformation"]["tagPropertyName"], top["tagInformation"]["variant"]]
        if "tagInformation" in top else None,
        "absent": absent,
    }.items():
        if value:
            result[key] = value
    return result


def attributes(type_name, s, out, top, overlay, kinds, read_only):
    """What `Fn::GetAtt` answers: the read-only properties, and what the documentation adds."""
    found = {}
    for path in read_only:
        name = path.replace("/", ".")
        if "*" in path:
            continue
        node = s.get("properties", {})
        schema = None
        for part in path.split("/"):
            schema = resolve(s, node.get(part)) if isinstance(node, dict) else None
            node = (schema or {}).get("properties", {})
        kind = json_type(s, schema)
        found[name] = {"type": kind, "doc": sentence((schema or {}).get("description", ""))}
    for name, a in top.get("attributes", {}).items():
        kind = overlay_type(a["type"])
        before = found.get(name, {})
        if kind == "json" and before.get("type", "json") != "json":
            kind = before["type"]
        found[name] = {"type": kind, "doc": sentence(a.get("documentation", "")) or before.get("doc", "")}
    for name in list(found):
        found[name] = {k: v for k, v in found[name].items() if v}
        if found[name].get("type") == "string":
            set_kinds = out.get("properties", {}).get(name, {}).get("kinds", [])  # Subnet.VpcId answers what was set
            found[name]["kind"] = set_kinds[0] if len(set_kinds) == 1 else kinds.find(f"{type_name}.{name}")
    return found


def resolve(s, node):
    for _ in range(8):
        if isinstance(node, dict) and "$ref" in node:
            node = s.get("definitions", {}).get(node["$ref"].split("/")[-1], {})
        else:
            return node
    return {}


def json_type(s, schema):
    schema = resolve(s, schema) or {}
    t = schema.get("type")
    if t == "array":
        inner = json_type(s, schema.get("items"))
        return "strings" if inner == "string" else "json"
    return t if t in ("string", "integer", "number", "boolean") else "json"


def overlay_type(t):
    if t["type"] == "array":
        return "strings" if overlay_type(t["element"]) == "string" else "json"
    return {"date-time": "string"}.get(t["type"], t["type"] if t["type"] in ("string", "integer", "number", "boolean") else "json")


def used(settable, out, definitions):
    """The definitions that settable properties reach."""
    reached, todo = set(), [settable] + [v for k, v in out.items() if k in SCHEMA_LISTS + SCHEMAS]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            ref = node.get("ref")
            if isinstance(ref, str) and ref not in reached and ref in definitions:
                reached.add(ref)
                todo.append(definitions[ref])
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
    return {n: definitions[n] for n in sorted(reached)}


# ------------------------------------------------------------------------------------------------------- the file


def build(regions, schema, overlay):
    names = sorted({t for r in regions.values() for t in r})
    home = regions[HOME]
    order = sorted(regions)
    chosen = {}
    for t in names:
        digest = home.get(t) or next(regions[r][t] for r in order if t in regions[r])
        chosen[t] = schema(digest)
    kinds = Kinds()
    for t, s in chosen.items():  # the identifiers a type has of its own, under both packages' names
        own = set(paths(s, "readOnlyProperties")) | {p.removeprefix("/properties/") for p in s.get("primaryIdentifier") or []}
        for n, p in s.get("properties", {}).items():
            mine = [f for f in formats(resolve(s, p) or {}) if f.startswith(t + ".")]
            if n in own and mine:
                kinds.unify(mine[0], f"{t}.{n}")
    for t, s in chosen.items():
        for n in s.get("properties", {}):
            last = t.split("::")[-1].lower()
            for short in ("Id", "Arn", "Name"):
                if n.lower() == last + short.lower() and short in overlay.resources.get(t, {}).get("attributes", {}):
                    kinds.unify(f"{t}.{short}", f"{t}.{n}")
    services = {}
    for t in names:
        parts = t.split("::")
        service = parts[1] if parts[0] == "AWS" else "::".join(parts[:2])
        absent = [i for i, r in enumerate(order) if t not in regions[r]]
        services.setdefault(service, {})[t] = condense(t, chosen[t], overlay, kinds, absent)
    forget_unused_kinds(services)
    return order, services


def forget_unused_kinds(services):
    """An attribute has a kind only where a property takes that kind, or where `Ref` returns it too."""
    types = [t for s in services.values() for t in s.values()]
    wanted = {t["refs"] for t in types} | {k for t in types for k in taken(t)}
    for t in types:
        for a in t["attributes"].values():
            if a.get("kind") not in wanted:
                a.pop("kind", None)


def taken(node):
    """Every kind that a schema takes anywhere."""
    if isinstance(node, dict):
        yield from node.get("kinds", [])
        for x in node.values():
            yield from taken(x)
    elif isinstance(node, list):
        for x in node:
            yield from taken(x)


def feature(service):
    return service.lower().replace("::", "-")


def read(path):
    """Index and frames of an earlier file, or nothing."""
    if not path.exists():
        return None, {}
    data = path.read_bytes()
    first = data.index(b"\n")
    second = data.index(b"\n", first + 1)
    if data[:first].decode() != MAGIC:
        return None, {}
    index = json.loads(data[first + 1:second])
    body = data[second + 1:]
    frames = {f["service"]: body[f["offset"]:f["offset"] + f["length"]] for f in index["services"]}
    return index, frames


def inflate(frame):
    return zlib.decompress(frame, wbits=-15)


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(content) + packer.flush()


def write(regions, services, before):
    frames, offset, table = [], 0, []
    for name in sorted(services, key=lambda n: (feature(n), n)):
        content = json.dumps(services[name], separators=(",", ":"), ensure_ascii=False).encode()
        old = before.get(name)
        frame = old if old is not None and inflate(old) == content else deflate(content)
        table.append({
            "service": name, "feature": feature(name), "types": sorted(services[name]),
            "offset": offset, "length": len(frame), "inflated": len(content),
        })
        frames.append(frame)
        offset += len(frame)
    index = {
        "sources": {"cfn-lint": CFN_LINT, "aws-service-spec": SERVICE_SPEC},
        "regions": regions,
        "services": table,
    }
    head = MAGIC + "\n" + json.dumps(index, separators=(",", ":"), ensure_ascii=False) + "\n"
    return head.encode() + b"".join(frames)


def changes(before, services):
    """What came and went since the last file: types, then properties."""
    old = {t: v for f in before.values() for t, v in json.loads(inflate(f)).items()}
    new = {t: v for s in services.values() for t, v in s.items()}
    for t in sorted(new.keys() - old.keys()):
        yield f"+ {t}"
    for t in sorted(old.keys() - new.keys()):
        yield f"- {t}"
    for t in sorted(new.keys() & old.keys()):
        a, b = old[t], new[t]
        was, now = set(a["properties"]), set(b["properties"])
        was |= {f"{d}.{p}" for d, s in a["definitions"].items() for p in s.get("properties") or {}}
        now |= {f"{d}.{p}" for d, s in b["definitions"].items() for p in s.get("properties") or {}}
        for p in sorted(now - was):
            yield f"+ {t} {p}"
        for p in sorted(was - now):
            yield f"- {t} {p}"


def main():
    ask = argparse.ArgumentParser(description="Condense CloudFormation's resource specification into one file.")
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        regions, schema, overlay = fetch(pathlib.Path(folder))
        order, services = build(regions, schema, overlay)
    _, before = read(OUT)
    data = write(order, services, before)
    lines = list(changes(before, services)) if before else []
    print("\n".join(lines) if lines else "no type or property came or went")
    count = sum(len(s) for s in services.values())
    print(f"{count} types in {len(services)} services, {len(data):,} bytes")
    same = OUT.exists() and OUT.read_bytes() == data
    if asked.check:
        print("the file is up to date" if same else "the file is stale")
        sys.exit(0 if same else 1)
    if not same:
        temporary = OUT.with_suffix(".new")
        temporary.write_bytes(data)
        temporary.replace(OUT)


if __name__ == "__main__":
    main()
