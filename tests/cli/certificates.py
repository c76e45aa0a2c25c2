"""Authorities and certificates for a test, made by openssl."""
import shutil
import subprocess
import sys

from ovsdb_servers import run, work


def openssl(*words):
    done = run("openssl", *words)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(map(str, words))}: {done.stderr}")


LONG_AGO = ("20200101000000Z", "20200102000000Z")
TO_COME = ("20900101000000Z", "20910101000000Z")


class Authority:
    def __init__(self, name):
        self.name, self.key, self.cert = name, work / f"{name}-ca.key", work / f"{name}-ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.key,
                "-out", self.cert, "-days", "3650", "-subj", f"/CN={name} authority")
        self.cert.chmod(0o644)

    def certify(self, who, dates=None, digest="sha256"):
        """A key and a certificate, valid for a year from now, or between two dates."""
        key, request, cert = (work / f"{self.name}-{who}.{end}" for end in ("key", "csr", "pem"))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", request,
                "-subj", f"/CN={who}")
        if dates:
            self.certify_between(request, cert, *dates)
        else:
            openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial", "-out", cert,
                    "-days", "365", f"-{digest}")
        return key, cert

    def certify_between(self, request, cert, start, end):
        """Only 'openssl ca' can be told of days that are not now."""
        place = work / f"{self.name}-dated"
        place.mkdir(exist_ok=True)
        (place / "index.txt").write_text("")
        (place / "serial").write_text("99\n")
        (place / "ca.cnf").write_text(f"[ca]\ndefault_ca=dated\n[dated]\ndatabase={place}/index.txt\nserial={place}/serial\n"
                                      f"new_certs_dir={place}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-config", place / "ca.cnf", "-cert", self.cert, "-keyfile", self.key, "-in", request, "-out",
                cert, "-startdate", start, "-enddate", end, "-notext")


def need_openssl():
    if not shutil.which("openssl") or subprocess.run(["ovsdb-client", "--help"], capture_output=True, check=False).returncode:
        print("1..0 # SKIP openssl or ovsdb-client is not installed")
        sys.exit(0)
