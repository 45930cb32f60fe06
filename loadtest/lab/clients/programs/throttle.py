"""Reads standard input and throws it away, RATE bytes per second."""

import sys
import time

rate, block = int(sys.argv[1]), 65536
while sys.stdin.buffer.read(block):
    time.sleep(block / rate)
