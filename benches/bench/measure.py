"""One run of one scenario with one contestant: figures by name."""

import time

from bench.programs import Failed, Program, make_certificate
from bench.scenarios import CONTESTANTS

# Drawn by the processor into memory, on the thread of the event loop.
WINDOW = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software",
          "QSG_RENDER_LOOP": "basic"}


def program(settings, role, contestant):
    return settings.programs / f"{role}-{CONTESTANTS[contestant][0]}"


def per_message(report, messages):
    messages = max(messages, 1)
    return {
        "library": report["library"],
        "messages": messages,
        "thread_us": report["thread_cpu_us"] / messages,
        "process_us": report["process_cpu_us"] / messages,
    }


def echo(settings, contestant, scenario):
    """The load generator against a server."""
    raw = ["--raw"] if contestant == "raw" else []
    check = ["--check"] if settings.check else []
    mode = list(scenario.server)
    if "--tls" in scenario.load:
        mode += make_certificate(settings.programs)
    server_program = program(settings, "echo", contestant)
    with Program([server_program, *mode], settings.server_cores) as server:
        command = [settings.programs / "load", "--port", server.port(),
                   "--seconds", settings.seconds, *scenario.load, *raw, *check]
        with Program(command, settings.load_cores) as load:
            sent = load.report(settings.seconds)
        handled = server.stop()
    if contestant != "raw" and handled["messages"] != sent["messages"]:
        raise Failed(f"{server_program.name} handled {handled['messages']} messages "
                     f"of {sent['messages']}")
    return {
        **per_message(handled, sent["messages"]),
        "messages_per_second": sent["messages_per_second"],
        "round_trip_us": sent["round_trip_us_median"],
        "round_trip_p99_us": sent["round_trip_us_p99"],
        "wire_bytes": sent["received_bytes"] / max(sent["messages"], 1),
        "load_cpu_share": sent["cpu_share"],
    }


def receive(settings, contestant, scenario, role, environment):
    """A client that the feeder sends to; its report and the feeder's."""
    feeder = [settings.programs / "feed", *scenario.load, "--seconds", settings.seconds]
    client_program = program(settings, role, contestant)
    with Program(feeder, settings.load_cores) as feed:
        command = [client_program, feed.port()]
        with Program(command, settings.server_cores, environment) as client:
            sent = feed.report(settings.seconds)
            received = client.report()
    if received["messages"] != sent["messages"]:
        raise Failed(f"{client_program.name} received {received['messages']} messages "
                     f"of {sent['messages']}")
    return sent, received


def download(settings, contestant, scenario):
    sent, received = receive(settings, contestant, scenario, "download", None)
    return {
        **per_message(received, sent["messages"]),
        "wall_us": received["wall_us"] / max(sent["messages"], 1),
        "load_cpu_share": sent["cpu_share"],
    }


def window(settings, contestant, scenario):
    sent, received = receive(settings, contestant, scenario, "window", WINDOW)
    return {
        **per_message(received, sent["messages"]),
        "wall_us": received["wall_us"] / max(sent["messages"], 1),
        "seconds": received["wall_us"] / 1e6,
        "frames": received["frames"],
        "missed": received["missed"],
        "longest_ms": received["longest_ms"],
        "load_cpu_share": sent["cpu_share"],
    }


def settled(server):
    """Its memory, once that does not change any more."""
    before = -1
    for _ in range(100):
        now = server.resident()
        if now == before:
            break
        before = now
        time.sleep(0.1)
    return before


def memory(settings, contestant, scenario):
    """What a server's memory grows by with every connection but the first."""
    with Program([program(settings, "echo", contestant)], settings.server_cores) as server:
        command = [settings.programs / "load", "--port", server.port(), *scenario.load]
        with Program(command, settings.load_cores) as load:
            if load.line() != "first":
                raise Failed("the load generator could not open a connection")
            first = settled(server)
            load.tell()
            if load.line() != "all":
                raise Failed("the load generator could not open all connections")
            grown = settled(server) - first
        library = server.stop()["library"]
    count = int(scenario.load[scenario.load.index("--connections") + 1])
    return {"library": library, "kib": grown / (count - 1) / 1024, "load_cpu_share": 0}


KINDS = {"echo": echo, "download": download, "window": window, "memory": memory}


def measure(settings, contestant, scenario):
    return KINDS[scenario.kind](settings, contestant, scenario)
