"""`python -m host_stub`: checks the Python version, then hands over to the commands.

This file alone must be readable for an old Python, so that its user gets a clear line.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- the very Pythons that pip would not install on
    found = sys.version.split()[0]
    sys.stderr.write("Error: Python 3.11 or newer is needed; this is " + found + "\n")
    sys.exit(2)

from host_stub.demo.command import main

if __name__ == "__main__":
    main(prog_name="python -m host_stub")
