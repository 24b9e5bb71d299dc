"""Starts Autobahn|Testsuite; runs on the PyPy (Python 2.7) that setup.sh installs.

suite.py client SPEC    examines the server that the specification names, and ends
suite.py server SPEC [PORT]    waits for a client on a free port of 127.0.0.1 and prints its URL;
                               PORT is the one that clients know

SPEC is the JSON of a fuzzingclient's or fuzzingserver's specification file.
"""

import json
import sys
import types
import unittest

# The suite talks a lot; its words go to standard error.
output, sys.stdout = sys.stdout, sys.stderr

# Only parts of the suite that are not used here ask for these packages.
import twisted.internet
tls = types.ModuleType("twisted.internet.ssl")
tls.ClientContextFactory = object
twisted.internet.ssl = sys.modules["twisted.internet.ssl"] = tls
sys.modules["unittest2"] = unittest

# First of all the suite: it chooses the reactor.
from autobahntestsuite import fuzzing
from twisted.internet import reactor

role, spec = sys.argv[1], json.loads(sys.argv[2])
if role == "client":
    fuzzing.startClient(spec)
else:
    factory = fuzzing.FuzzingServerFactory(dict(spec, url=u"ws://127.0.0.1:1"))
    port = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    # Requests' Host fields are compared with it.
    factory.externalPort = int(sys.argv[3]) if len(sys.argv) > 3 else port
    output.write("ws://127.0.0.1:%d\n" % port)
    output.flush()
reactor.run()
