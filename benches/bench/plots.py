"""SVG pictures of the results, on a white ground that is legible on light and dark pages."""

import math

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.hashsalt": "wirebird",  # the same figures give the same file
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "axes.axisbelow": True,
})

from matplotlib import pyplot, ticker  # noqa: E402: after the choice above

from bench.scenarios import CONNECTIONS, CONTESTANTS  # noqa: E402
from bench.tables import figure, median  # noqa: E402

COLOURS = {
    "qt": "#4c9a52",
    "wirebird": "#1f5fae",
    "c": "#6ba3de",
    "tungstenite": "#b5651d",
    "beast": "#a33b4a",
    "websocketpp": "#d08a94",
    "libwebsockets": "#8b6fb3",
    "raw": "#9a9a9a",
}

ECHOES = {"small-echo": "125 bytes", "1k-echo": "1 KiB", "16k-echo": "16 KiB",
          "large-echo": "1 MiB"}
ROUND_TRIPS = {"latency": "alone", "latency-idle": "beside 1,000 idle"}
DOWNLOADS = {"receive-tiny": "8 bytes", "receive-4k": "4 KiB", "receive-64k": "64 KiB",
             "receive-1m": "1 MiB", "receive-1m-ascii": "1 MiB ASCII",
             "receive-1m-mixed": "1 MiB mixed", "receive-100m": "100 MiB"}
MEMORY = {"memory-1000": "1,000", "memory-10000": "10,000"}


def bars(axes, runs, scenarios, key, title, reference):
    """A group of bars for each scenario, one bar for each contestant, figures on top; as ratios
    to the reference contestant's if there is one."""
    shown = [s for s in scenarios if runs.get(s) and (not reference or reference in runs[s])]
    contestants = [c for c in CONTESTANTS if any(c in runs[s] for s in shown)]
    width = 0.84 / max(len(contestants), 1)
    for place, contestant in enumerate(contestants):
        for group, scenario in enumerate(shown):
            if contestant not in runs[scenario]:
                continue
            unit = median(runs[scenario][reference], key) if reference else 1
            values = [run[key] / unit for run in runs[scenario][contestant]]
            middle = median(runs[scenario][contestant], key) / unit
            at = group - 0.42 + (place + 0.5) * width
            axes.bar(at, middle, width * 0.92, color=COLOURS[contestant])
            axes.vlines(at, min(values), max(values), color="#303030", linewidth=0.8)
            axes.annotate(figure(middle), (at, max(middle, max(values))), (0, 3),
                          textcoords="offset points", rotation=90, fontsize=7.5, ha="center",
                          va="bottom")
    axes.set_xticks(range(len(shown)), [scenarios[s] for s in shown])
    if reference:
        axes.axhline(1, color="#606060", linewidth=0.8, linestyle="--")
    axes.set_title(title, loc="left", fontsize=11, pad=12)
    axes.margins(y=0.18)
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y", color="#e4e4e4")
    return contestants


def legend(figure_, contestants):
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=COLOURS[c]) for c in contestants]
    figure_.legend(handles, [CONTESTANTS[c][1] for c in contestants], loc="lower center", ncol=4,
                   bbox_to_anchor=(0.5, 0.01), frameon=False, fontsize=9)


def save(figure_, folder, name, contestants):
    figure_.tight_layout(rect=(0, 0.05 + 0.045 * -(-len(contestants) // 4), 1, 1))
    legend(figure_, contestants)
    figure_.savefig(folder / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure_)
    return name


def grouped(folder, name, runs, scenarios, key, title, scale, reference):
    if not any(runs.get(s) for s in scenarios):
        return None
    figure_, axes = pyplot.subplots(figsize=(9, 4.6))
    axes.set_yscale(scale)
    contestants = bars(axes, runs, scenarios, key, title, reference)
    if scale == "log":
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{y:,g}"))
    return save(figure_, folder, name, contestants)


def growth(folder, runs):
    """Messages per second over the number of connections."""
    points = {}
    for connections in CONNECTIONS:
        for contestant, all_runs in runs.get(f"growth-{connections}", {}).items():
            value = median(all_runs, "messages_per_second")
            points.setdefault(contestant, []).append((connections, value))
    if not points:
        return None
    figure_, axes = pyplot.subplots(figsize=(9, 4.6))
    for contestant, values in points.items():
        axes.plot(*zip(*values), marker="o", color=COLOURS[contestant])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda y, _: f"{y:,.0f}"))
    highest = max(value for values in points.values() for _, value in values)
    lowest = min(value for values in points.values() for _, value in values)
    axes.set_ylim(10 ** math.floor(math.log10(lowest)), 10 ** math.ceil(math.log10(highest)))
    axes.set_xlabel("connections, one message of 125 bytes under way each")
    axes.set_title("Echo, messages per second", loc="left", fontsize=11)
    axes.grid(color="#e4e4e4")
    return save(figure_, folder, "growth", list(points))


def draw(folder, runs):
    """Writes the pictures; returns (file name without .svg, title) of those there was data for."""
    folder.mkdir(parents=True, exist_ok=True)
    plans = [
        ("echo-speed", ECHOES, "messages_per_second", "Echo, messages per second, Qt WebSockets = 1",
         "linear", "qt"),
        ("echo-cpu", ECHOES, "process_us",
         "Echo, time of the process per message, Qt WebSockets = 1", "linear", "qt"),
        ("round-trip", ROUND_TRIPS, "round_trip_us", "Round trip, median, µs", "linear", None),
        ("receiving", DOWNLOADS, "thread_us",
         "Client receiving, µs of the Qt thread per message (logarithmic)", "log", None),
        ("memory", MEMORY, "kib", "Memory of an idle connection, KiB, by their number", "linear",
         None),
    ]
    drawn = []
    for name, scenarios, key, title, scale, reference in plans:
        if grouped(folder, name, runs, scenarios, key, title, scale, reference):
            drawn.append((name, title))
    if growth(folder, runs):
        drawn.append(("growth", "Echo, messages per second over the number of connections"))
    return drawn
