"""Runs the same files of checks on the same database with Soda and with ours, and compares check by check.

Exit status: 0 if every check agrees, 1 if one does not.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from server import programs, server

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2025-04-21T10:00:00+00:00"
VARIABLES = {"NOW": NOW, "CUSTOM_NOW": "2025-04-22T12:00:00+02:00"}
FILES = ["kinds.yml", "formats.yml", "forms.yml", "speed.yml"]

CONFIGURATION = """
data_source prices:
  type: postgres
  host: {host}
  port: 5432
  username: postgres
  password: none
  database: postgres
  schema: public
"""


class Both:
    """The two programs on one server."""

    def __init__(self, host, ours, scratch):
        self.host = host
        self.ours = ours
        self.scratch = scratch
        self.configuration = os.path.join(scratch, "configuration.yml")
        with open(self.configuration, "w") as file:
            file.write(CONFIGURATION.format(host=host))
        # Soda asks this file, in the home directory, whether it may send statistics.
        home = os.path.join(scratch, "home")
        os.makedirs(os.path.join(home, ".soda"))
        with open(os.path.join(home, ".soda", "config.yml"), "w") as file:
            file.write("send_anonymous_usage_stats: false\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8"}
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]

    def soda(self, path):
        """Exit status, checks, errors, seconds, and how many checks were not evaluated."""
        result = os.path.join(self.scratch, "result.json")
        command = [os.path.join(os.path.dirname(sys.executable), "soda"), "scan", "-d", "prices",
                   "-c", self.configuration, "-srf", result]
        for name, value in VARIABLES.items():
            command += ["-v", f"{name}={value}"]
        start = time.perf_counter()
        run = subprocess.run(command + [path], env=self.environment, capture_output=True, text=True, timeout=120)
        seconds = time.perf_counter() - start
        if not os.path.exists(result):
            raise SystemExit(f"soda wrote no result:\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
        with open(result) as file:
            report = json.load(file)
        os.remove(result)
        checks = {}
        for check in report["checks"]:
            location = check["location"]
            key = (location["line"], check.get("table"), self.name(check["name"]))
            checks[key] = (check["outcome"], check["diagnostics"].get("value"))
        errors = [log["message"] for log in report["logs"] if log["level"] == "ERROR"]
        idle = re.search(r"(\d+) checks not evaluated", run.stdout)
        return run.returncode, checks, errors, seconds, int(idle.group(1)) if idle else 0

    def sennit(self, path):
        """Exit status, checks, problems and seconds of ours."""
        command = [self.ours, path, "--host", self.host, "--user", "postgres", "--database", "postgres",
                   "--schema", "public", "--json"]
        for name, value in VARIABLES.items():
            command += ["--variable", f"{name}={value}"]
        start = time.perf_counter()
        run = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)
        seconds = time.perf_counter() - start
        try:
            report = json.loads(run.stdout)
        except ValueError:
            raise SystemExit(f"no JSON from {' '.join(command)}:\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
        checks = {}
        for check in report["checks"]:
            key = (check["location"]["line"], check.get("table"), self.name(check["name"]))
            outcome = None if check["outcome"] == "not evaluated" else check["outcome"]
            checks[key] = (outcome, check.get("value"))
        errors = [f"{problem['location']['line']}: {problem['message']}" for problem in report["problems"]]
        errors += [f"{check['location']['line']}: {check['message']}"
                   for check in report["checks"] if check["outcome"] == "error"]
        return run.returncode, checks, errors, seconds

    @staticmethod
    def name(name):
        """Soda calls every schema check without a name so."""
        return "schema" if name == "Schema Check" else name


def same(first, second):
    """Whether two values are the same; a few kinds have none in one of the programs."""
    if first is None or second is None:
        return True
    return math.isclose(float(first), float(second), rel_tol=1e-12, abs_tol=1e-12)


def compare(both, name, shows):
    """Compares one file and prints what differs."""
    path = os.path.join(HERE, name)
    soda_status, soda, soda_errors, soda_seconds, soda_idle = both.soda(path)
    our_status, ours, our_errors, our_seconds = both.sennit(path)
    differences = []
    idle = 0
    for key in sorted(set(soda) | set(ours), key=str):
        if key not in soda and (ours[key][0] is None or key[-1].startswith("group by")):
            # Soda writes neither what it did not evaluate nor the sum of groups; both count in its exit status.
            idle += ours[key][0] is None
        elif key not in soda or key not in ours:
            differences.append(f"{key}: only {'ours' if key in ours else 'Soda'} has it")
        elif soda[key][0] != ours[key][0] or not same(soda[key][1], ours[key][1]):
            differences.append(f"{key}: Soda {soda[key]}, ours {ours[key]}")
    if soda_idle != idle:
        differences.append(f"not evaluated: Soda {soda_idle}, ours {idle}")
    if soda_status != our_status:
        differences.append(f"exit status: Soda {soda_status}, ours {our_status}")
    print(f"{name}: {len(ours)} checks, {len(differences)} differ; exit status {our_status}; "
          f"Soda {soda_seconds:.2f} s, ours {our_seconds:.2f} s")
    for difference in differences:
        print(f"  {difference}")
    if shows or differences:
        for program, errors in (("Soda", soda_errors), ("ours", our_errors)):
            for error in errors:
                print(f"  {program} says: {error}")
    return len(differences)


def measure(both, name, rounds):
    """The two in turns; prints medians."""
    path = os.path.join(HERE, name)
    times = {"Soda": [], "ours": []}
    for _ in range(rounds):
        times["Soda"].append(both.soda(path)[3])
        times["ours"].append(both.sennit(path)[3])
    for program, seconds in times.items():
        print(f"{name}: {program:5} median {statistics.median(seconds):.3f} s, least {min(seconds):.3f}, "
              f"greatest {max(seconds):.3f}, of {rounds}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="our program for checks")
    parser.add_argument("--rounds", type=int, default=0, help="also measure speed.yml so often")
    parser.add_argument("--only", choices=FILES, help="compare one file")
    parser.add_argument("--errors", action="store_true", help="show what each program says of errors")
    options = parser.parse_args()
    with server() as host, tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            [os.path.join(programs(), "psql"), "-h", host, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1",
             "-f", os.path.join(HERE, "prices.sql")], check=True, stdout=subprocess.DEVNULL)
        both = Both(host, os.path.abspath(options.ours), scratch)
        differences = sum(
            compare(both, name, options.errors) for name in ([options.only] if options.only else FILES))
        if options.rounds:
            measure(both, "speed.yml", options.rounds)
    print("every check agrees" if differences == 0 else f"{differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
