"""A network namespace of the test's own: it ends with the process, and nothing in it reaches this host."""
import os
import shutil
import subprocess
import sys

INSIDE = "VTEPLAB_TEST_LONELY"


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def enter():
    """Starts the test anew in a namespace, or skips it where that is not allowed."""
    if os.environ.get(INSIDE):
        ip("link", "set", "lo", "up")
        return
    if not shutil.which("unshare") or not shutil.which("ip"):
        print("1..0 # SKIP unshare or ip is not installed")
        sys.exit(0)
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        print("1..0 # SKIP network namespaces need root")
        sys.exit(0)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])


def link(name, peer, address=None):
    """A cable with both plugs in this namespace."""
    ip("link", "add", name, "type", "veth", "peer", "name", peer)
    if address:
        ip("address", "add", address, "dev", name)
    for end in (name, peer):
        ip("link", "set", end, "up")
