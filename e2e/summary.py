"""Prints how many tests ran, from the reports that Surefire, Vitest and pytest wrote. Fails if a part left no report or a test was skipped."""

import sys
import xml.etree.ElementTree as xml
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = {
    "Java and browser": "*/target/surefire-reports/TEST-*.xml",
    "page": "build/reports/page.xml",
    "Python": "build/reports/python.xml",
    "end to end": "build/reports/e2e.xml",
}


def count(pattern):
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in REPOSITORY.glob(pattern):
        root = xml.parse(report).getroot()
        for suite in [root] if root.tag == "testsuite" else root.findall("testsuite"):
            for kind in totals:
                totals[kind] += int(suite.get(kind) or 0)
    return totals


def main():
    well = True
    print("\ntests run")
    for part, pattern in PARTS.items():
        totals = count(pattern)
        bad = {kind: number for kind, number in totals.items() if kind != "tests" and number}
        print(f"  {part:<18} {totals['tests']:>5}  " + (", ".join(f"{n} {kind}" for kind, n in bad.items()) or "all passed"))
        well = well and totals["tests"] > 0 and not bad
    print("make check: " + ("passed" if well else "FAILED: a part ran no test, skipped one or failed one"))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
