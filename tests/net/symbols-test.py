#!/usr/bin/env python3
"""Checks a seam: what a static library asks of the outside, against an allow-list.

    symbols-test.py LIBRARY ALLOW-LIST [--below LIBRARY ...]

An allow-list names one symbol a line, or a prefix that ends in '*'; '#' begins a comment.  What the library itself
and the ones below it define is allowed, and so is what compilers and sanitizers put in (compiler.symbols).  Prints TAP.
"""
import argparse
import pathlib
import subprocess
import sys


def symbols(library, *options):
    out = subprocess.run(["nm", "--format=posix", *options, library], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in out.splitlines() if " " in line}


def read_list(path):
    lines = (line.split("#")[0].strip() for line in pathlib.Path(path).read_text().splitlines())
    return [line for line in lines if line]


def allows(patterns, symbol):
    return any(symbol.startswith(p[:-1]) if p.endswith("*") else symbol == p for p in patterns)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("allow")
    parser.add_argument("--below", nargs="*", default=[])
    options = parser.parse_args()

    patterns = read_list(options.allow) + read_list(pathlib.Path(__file__).with_name("compiler.symbols"))
    provided = set()
    for library in [options.library, *options.below]:
        provided |= symbols(library, "--defined-only", "--extern-only")
    asked = symbols(options.library, "--undefined-only") - provided
    refused = sorted(s for s in asked if not allows(patterns, s))

    name = pathlib.Path(options.library).name
    print("1..2")
    print("ok" if asked and provided else "not ok", f"1 - {name} has symbols to check")
    print("not ok" if refused else "ok", f"2 - {name} asks the outside for nothing that its list does not allow")
    for symbol in refused:
        print(f"# not allowed: {symbol}")
    return 1 if refused or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
