"""Inflates standard input with a window of 2^BITS bytes: `inflate.py BITS`.

In and out in small pieces, so that zlib can't look further back in what it has just written than
its window goes: it refuses a distance beyond that.
"""

import sys
import zlib

stream = zlib.decompressobj(-int(sys.argv[1]))
for byte in sys.stdin.buffer.read():
    rest = bytes([byte])
    while rest:
        sys.stdout.buffer.write(stream.decompress(rest, 16))
        rest = stream.unconsumed_tail
sys.stdout.buffer.write(stream.flush())
