"""Waits to be stopped, unless the manifest is broken."""

import sys
import time

if "broken" in sys.argv[1]:
    sys.exit("the manifest is broken")
time.sleep(300)
