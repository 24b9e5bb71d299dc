"""Markdown tables of medians and ranges."""

import statistics

from bench.scenarios import CONTESTANTS, SCENARIOS

# A load generator busier than this is what was measured, not the server.
BUSY = 0.95


def cpu(noun):
    return [(f"µs of the Qt or main thread per {noun}", "thread_us"),
            (f"µs of the process per {noun}", "process_us")]


COLUMNS = {
    "messages": [("messages/s", "messages_per_second"), *cpu("message")],
    "compressed": [("messages/s", "messages_per_second"), *cpu("message"),
                   ("bytes of an answer", "wire_bytes")],
    "latency": [("round trip, µs", "round_trip_us"), ("99 %, µs", "round_trip_p99_us"),
                *cpu("message")],
    "deliveries": [("deliveries/s", "messages_per_second"), *cpu("delivery")],
    "handshakes": [("connections/s", "messages_per_second"), *cpu("connection")],
    "download": [("µs per message", "wall_us"), *cpu("message")],
    "memory": [("KiB", "kib")],
    "window": [("frames missed", "missed"), ("longest pause, ms", "longest_ms"),
               ("seconds", "seconds"), *cpu("message")],
}


def figure(value):
    """Three significant digits, thousands separated."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def spread(runs, key):
    """The median, and the range if there is more than one run."""
    values = [run[key] for run in runs]
    if len(values) == 1:
        return figure(values[0])
    return f"{figure(median(runs, key))} ({figure(min(values))}–{figure(max(values))})"


def relation(runs, reference, key):
    """How the median relates to the reference contestant's."""
    theirs = median(reference, key) if reference else 0
    return f"{median(runs, key) / theirs:.2f}" if theirs else ""


def table(name, by_contestant):
    """A Markdown table of one scenario."""
    scenario = SCENARIOS[name]
    columns = COLUMNS[scenario.columns]
    reference = by_contestant.get(scenario.reference)
    unit = "Qt" if scenario.reference == "qt" else CONTESTANTS[scenario.reference][1]
    has_load = scenario.kind != "memory"
    lines = [f"### {scenario.title}", ""]
    head = [""] + [part for title, _ in columns for part in (title, f"{unit} = 1")]
    lines.append("| " + " | ".join(head + ["load generator busy"] * has_load) + " |")
    lines.append("|---" * (len(head) + has_load) + "|")
    for contestant, runs in by_contestant.items():
        cells = [CONTESTANTS[contestant][1]]
        for _, key in columns:
            cells += [spread(runs, key), relation(runs, reference, key)]
        if has_load:
            busy = median(runs, "load_cpu_share")
            cells.append(f"{busy:.0%}" + (", the limit" if busy > BUSY else ""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
