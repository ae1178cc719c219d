"""Prints the mutants of a report that no test noticed: the file, the line, what was there, and what was put in its place."""
import collections
import json
import sys

# The script has put a line before each file.
ADDED_LINES = 1

report = json.load(open(sys.argv[1], encoding="utf-8"))
total = collections.Counter()
for name, file in sorted(report["files"].items()):
    lines = file["source"].splitlines()
    counts = collections.Counter(mutant["status"] for mutant in file["mutants"])
    total += counts
    tested = {status: count for status, count in counts.items() if status not in ("Ignored", "CompileError")}
    if tested:
        print(f"{name.split('/src/')[-1]}: {', '.join(f'{count} {status}' for status, count in sorted(tested.items()))}")
    for mutant in sorted(file["mutants"], key=lambda mutant: mutant["location"]["start"]["line"]):
        if mutant["status"] in ("Survived", "NoCoverage"):
            start, end = mutant["location"]["start"], mutant["location"]["end"]
            there = lines[start["line"] - 1][start["column"] - 1:end["column"] - 1 if start["line"] == end["line"] else None]
            print(f"  {start['line'] - ADDED_LINES} {mutant['status']} {mutant['mutatorName']}: {there} -> {' '.join(mutant['replacement'].split())[:160]}")
print("all: " + ", ".join(f"{count} {status}" for status, count in sorted(total.items())))
