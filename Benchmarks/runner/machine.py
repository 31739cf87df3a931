"""Where and with what a run was made."""

import datetime
import os
import platform
import subprocess
from pathlib import Path

SHOWN_PACKAGES = ("loky", "Pebble", "dask", "distributed", "ray", "psutil")


def description(python):
    """Date, machine and versions; `python` is the peers' interpreter, or None without peers."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "python": answer(python, "-c", "import platform; print(platform.python_version())"),
        "packages": packages(python),
    }


def load_average():
    """Of the last minute."""
    return round(os.getloadavg()[0], 2)


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def packages(python):
    """Version by name of everything in the peers' environment."""
    lines = answer(python, "-m", "pip", "freeze").splitlines()
    return dict(line.split("==", 1) for line in lines if "==" in line)


def answer(python, *arguments):
    if python is None:
        return ""
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()
