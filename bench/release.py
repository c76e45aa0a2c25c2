"""The release build in which benchmarks run."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-bench"


def build(directory, *programs):
    """Makes it when it is not there, and these of its programs.  Returns its absolute path."""
    directory = directory.resolve()
    if not (directory / "build.ninja").exists():
        subprocess.run(["meson", "setup", "--buildtype=release", "-Dtests=false", directory, ROOT], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", directory, *programs], check=True, stdout=subprocess.DEVNULL)
    return directory
