#!/usr/bin/env python3
"""Deploys, deploys again and destroys 40 small independent stacks, with formwork and with AWS CDK, and prints medians.

    cargo build --release --example fixture
    benches/deploy.py [ROUNDS]          # default: 5

Both run against the emulator of the tests, in one run on one machine, taking turns, each in an account of its own. The CDK
CLI (pinned, from npm) reads a cloud assembly of JSON templates, so that no time of its own synthesis counts; formwork's time
has its synthesis and its checks in it. Needs Python 3 with venv, and npm for the comparison (`--alone` leaves it out).
"""

import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CDK = "2.1148.1"
STACKS = 40


def resources(index):
    return {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30 + index}}}


def emulator():
    """The emulator in its virtual environment, which is made where it is missing."""
    folder = ROOT / "tests/emulator"
    python = folder / ".venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", folder / "requirements.txt"], check=True)
    process = subprocess.Popen([python, folder / "start.py", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    time.sleep(1)
    return process, url


def measured(command, environment):
    """Wall and CPU seconds of a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wall = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def formwork(folder):
    stacks = [{"path": f"bench/stack{i}", "resources": resources(i)} for i in range(STACKS)]
    (folder / "stacks.json").write_text(json.dumps(stacks))
    program = str(ROOT / "target/release/examples/fixture")
    return {"FIXTURE": str(folder / "stacks.json")}, {
        "deploy": [program, "deploy", "--yes"],
        "again": [program, "deploy", "--yes"],
        "destroy": [program, "destroy", "**", "--yes"],
    }


def cdk(folder):
    artifacts = {}
    for i in range(STACKS):
        template = {"Resources": resources(i)}
        (folder / f"Stack{i}.template.json").write_text(json.dumps(template))
        artifacts[f"Stack{i}"] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": f"Stack{i}.template.json"},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    installed = ROOT / "target/bench-cdk"
    program = installed / "node_modules/.bin/cdk"
    if not program.exists():
        installed.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", installed, f"aws-cdk@{CDK}"], check=True)
    common = ["--all", "--app", str(folder), "--no-notices"]
    deploy = [str(program), "deploy", *common, "--concurrency", "8", "--require-approval", "never"]
    return {"CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"}, {
        "deploy": deploy,
        "again": deploy,
        "destroy": [str(program), "destroy", *common, "--force", "--concurrency", "8"],
    }


def main():
    alone = "--alone" in sys.argv
    numbers = [argument for argument in sys.argv[1:] if argument.isdigit()]
    rounds = int(numbers[0]) if numbers else 5
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="formwork-bench-"))
    process, url = emulator()
    try:
        contenders = {}
        for name, make in [("formwork", formwork)] + ([] if alone else [("cdk", cdk)]):
            folder = scratch / name
            folder.mkdir()
            contenders[name] = make(folder)
        times = {name: {step: [] for step in ("deploy", "again", "destroy")} for name in contenders}
        for turn in range(rounds):
            for number, (name, (extra, commands)) in enumerate(contenders.items()):
                environment = {
                    "PATH": os.environ["PATH"], "HOME": str(scratch), "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
                    "AWS_ACCESS_KEY_ID": f"{number + 1}{turn:011}", "AWS_SECRET_ACCESS_KEY": "none",
                    "AWS_EC2_METADATA_DISABLED": "true", **extra,
                }
                for step, command in commands.items():
                    times[name][step].append(measured(command, environment))
        print(f"{STACKS} stacks, medians of {rounds}: wall s / CPU s")
        for name in contenders:
            cells = [f"{step} {statistics.median(w for w, _ in seen):.2f} / {statistics.median(c for _, c in seen):.3f}"
                     for step, seen in times[name].items()]
            print(f"{name:9} " + "   ".join(cells))
    finally:
        process.stdin.close()
        process.wait()
        shutil.rmtree(scratch)


main()
