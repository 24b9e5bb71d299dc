"""What Wirebird wants to reach, and whether it did."""

import dataclasses

from bench.tables import figure, median


@dataclasses.dataclass(frozen=True)
class Target:
    """`limit` is for `key` itself, or for its ratio to `reference`: a contestant of the same
    scenario, or (with a slash) another scenario's figure of the same contestant."""

    title: str
    scenario: str
    key: str
    sign: str
    limit: float
    reference: str = ""
    contestant: str = "wirebird"


SPEED, THREAD, PROCESS = "messages_per_second", "thread_us", "process_us"
MEDIAN, P99, WALL = "round_trip_us", "round_trip_p99_us", "wall_us"

TARGETS = [
    Target("Echo of 125 bytes, messages/s", "small-echo", SPEED, "≥", 2.5, "qt"),
    Target("Echo of 125 bytes, µs of the process", "small-echo", PROCESS, "≤", 0.65),
    Target("Echo of 125 bytes on the engine's thread, C ABI, µs of the process", "small-echo",
           PROCESS, "≤", 0.62, contestant="c-engine"),
    Target("Echo of 1 KiB text, messages/s", "1k-echo", SPEED, "≥", 3, "qt"),
    Target("Echo of 16 KiB binary, messages/s", "16k-echo", SPEED, "≥", 3.5, "qt"),
    Target("Echo of 1 MiB binary, messages/s", "large-echo", SPEED, "≥", 4, "qt"),
    Target("Echo of 1 MiB binary, µs of the process", "large-echo", PROCESS, "≤", 450),
    Target("Round trip, median", "latency", MEDIAN, "≤", 1, "qt"),
    Target("Round trip, 99 %", "latency", P99, "≤", 1, "qt"),
    Target("Round trip beside 1,000 idle connections, median", "latency-idle", MEDIAN, "≤", 0.12,
           "qt"),
    Target("Round trip beside 1,000 idle connections, 99 %", "latency-idle", P99, "≤", 0.12, "qt"),
    Target("Receiving 1 MiB binary, µs of the Qt thread", "receive-1m", THREAD, "≤", 5),
    Target("Receiving 64 KiB binary, Qt thread, to that of 1 MiB", "receive-64k", THREAD, "≤", 2,
           "/receive-1m"),
    Target("Receiving 100 MiB binary, Qt thread, to that of 1 MiB", "receive-100m", THREAD, "≤", 2,
           "/receive-1m"),
    Target("Receiving 1 MiB text, ASCII, µs of the Qt thread", "receive-1m-ascii", THREAD, "≤", 5),
    Target("Receiving 1 MiB text, mixed, µs of the Qt thread", "receive-1m-mixed", THREAD, "≤", 5),
    Target("Receiving tiny texts in bulk, µs of the Qt thread", "receive-tiny", THREAD, "≤", 0.06),
    Target("Broadcast of 125 bytes to 200, µs of the Qt thread per delivery", "broadcast", THREAD,
           "≤", 0.15),
    Target("Broadcast of 125 bytes to 200, deliveries/s", "broadcast", SPEED, "≥", 3, "qt"),
    Target("Receiving 64 KiB binary, time", "receive-64k", WALL, "≤", 0.8, "qt"),
    Target("Receiving 4 KiB binary, time", "receive-4k", WALL, "≤", 0.45, "qt"),
    Target("Memory of an idle connection, KiB", "memory-10000", "kib", "≤", 2),
    Target("Memory of an idle connection, C ABI, KiB", "memory-10000", "kib", "≤", 2,
           contestant="c"),
    Target("Handshakes/s", "handshakes", SPEED, "≥", 2, "qt"),
    Target("Handshake, µs of the Qt thread", "handshakes", THREAD, "≤", 10),
    Target("Echo of 125 bytes over TLS, process", "wss-small-echo", PROCESS, "≤", 0.5, "qt"),
    Target("Echo of 16 KiB over TLS, process", "wss-16k-echo", PROCESS, "≤", 0.4, "qt"),
    Target("TLS handshake, process", "wss-handshakes", PROCESS, "≤", 0.2, "qt"),
    Target("Compressed echo of 1 KiB JSON, process", "deflate-echo", PROCESS, "≤", 0.8, "beast"),
    Target("The same, each answer compressed by itself", "deflate-fresh-echo", PROCESS, "≤", 0.8,
           "beast"),
]


def measured(target, runs):
    """The figure or ratio; None if it was not measured."""
    own = runs.get(target.scenario, {}).get(target.contestant)
    if not own:
        return None
    value = median(own, target.key)
    if not target.reference:
        return value
    if target.reference.startswith("/"):
        reference = runs.get(target.reference[1:], {}).get(target.contestant)
    else:
        reference = runs[target.scenario].get(target.reference)
    theirs = median(reference, target.key) if reference else 0
    return value / theirs if theirs else None


def unit(target):
    names = {"qt": " × Qt", "beast": " × Boost.Beast"}
    return names.get(target.reference, "")


def table(runs):
    """A Markdown table of those whose scenarios were run."""
    lines = ["| | target | measured | |", "|---|---|---|---|"]
    for target in TARGETS:
        if target.scenario not in runs:
            continue
        value = measured(target, runs)
        wanted = f"{target.sign} {target.limit:g}{unit(target)}"
        if value is None:
            lines.append(f"| {target.title} | {wanted} | | not measured |")
            continue
        met = value >= target.limit if target.sign == "≥" else value <= target.limit
        lines.append(f"| {target.title} | {wanted} | {figure(value)} | "
                     f"{'met' if met else '**not met**'} |")
    return "\n".join(lines) + "\n"
