#!/usr/bin/env python3
"""Tries the changes that survived a slice again, with the check of the hand-overs:

    tests/BuildData.Tests/Mutation/handovers.py SLICE ROUNDS [SCENARIO]

Run run.sh with the slice first. The check explores in which order threads continue, which no test of the slice does. Its program rewrites the
library while it runs, so the tool of run.sh can't try a change with it. This script changes the source and builds the library each time.
"""
import json
import pathlib
import shutil
import subprocess
import sys

slice_name, rounds, *only = sys.argv[1:]
folder = pathlib.Path(__file__).resolve().parents[3] / "artifacts" / "mutation" / slice_name
copy = folder / "copy"
program = folder / "program"


def build(project):
    return subprocess.run(
        ["dotnet", "build", project, "-v", "q", "-nologo", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"], cwd=copy, capture_output=True).returncode == 0


if not build("tests/BuildData.Torture"):
    sys.exit("The program can't be built.")
shutil.rmtree(program, ignore_errors=True)
shutil.copytree(copy / "tests/BuildData.Torture/bin/Debug/net10.0", program)


def check():
    try:
        run = subprocess.run(
            ["dotnet", program / "BuildData.Torture.dll", "handovers", "--seed", "1", "--rounds", rounds, *(f"--only={scenario}" for scenario in only)], capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "timed out"
    if "Unhandled exception" in run.stderr:
        return "the check can't run: " + run.stderr[:100]
    return "survived" if run.returncode == 0 else "found"


if (outcome := check()) != "survived":
    sys.exit(f"The check fails without a change: {outcome}")
report = json.load(open(folder / "reports" / "mutation-report.json", encoding="utf-8"))
for name, file in report["files"].items():
    survivors = [mutant for mutant in file["mutants"] if mutant["status"] == "Survived"]
    if not survivors:
        continue
    path = copy / "src" / name.split("/src/")[-1]
    project = path.relative_to(copy / "src").parts[0]
    source = file["source"]
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for mutant in survivors:
        (start, end) = (starts[mutant["location"][side]["line"] - 1] + mutant["location"][side]["column"] - 1 for side in ("start", "end"))
        path.write_text(source[:start] + mutant["replacement"] + source[end:], encoding="utf-8")
        if build(f"src/{project}"):
            for suffix in ("dll", "pdb"):
                shutil.copy(copy / "src" / project / "bin/Debug/net10.0" / f"{project}.{suffix}", program)
            outcome = check()
        else:
            outcome = "can't be built"
        there, instead = (" ".join(text.split())[:80] for text in (source[start:end], mutant["replacement"]))
        print(f"{mutant['location']['start']['line'] - 1} {mutant['mutatorName']}: {there} -> {instead}: {outcome}", flush=True)
    path.write_text(source, encoding="utf-8")
