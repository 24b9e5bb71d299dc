// The page of the ticker: logs in, shows prices over a WebSocket, and compares that with what
// was before it. No framework: what the browser has is enough.
'use strict';

const find = (id) => document.getElementById(id);
const show = (id, isShown) => { find(id).hidden = !isShown; };

// --- Who is there -------------------------------------------------------------------------------

find('login').addEventListener('submit', async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector('button');
    button.disabled = true;
    try {
        const response = await fetch('/login', { method: 'POST', body: new URLSearchParams(new FormData(form)) });
        if (response.ok) {
            form.reset();
            enter();
        } else {
            askForLogin((await response.text()).trim());
        }
    } catch {
        askForLogin('The server does not answer.');
    }
    button.disabled = false;
});

find('logout').addEventListener('click', async () => {
    ticker.close();
    ways.stop();
    await fetch('/logout', { method: 'POST' }).catch(() => {});
    askForLogin('');
});

function askForLogin(problem) {
    for (const id of ['prices', 'ways', 'pages', 'logout', 'state', 'extensions'])
        show(id, false);
    show('login', true);
    find('problem').textContent = problem;
    show('problem', problem !== '');
    find('login').elements[problem ? 'password' : 'uname'].focus();
}

function enter() {
    show('login', false);
    for (const id of ['pages', 'logout', 'state'])
        show(id, true);
    choosePage('prices');
    ticker.open();
}

function choosePage(name) {
    for (const button of find('pages').children)
        button.setAttribute('aria-pressed', button.dataset.page === name);
    show('prices', name === 'prices');
    show('ways', name === 'ways');
}
find('pages').addEventListener('click', (event) => {
    if (event.target.dataset.page)
        choosePage(event.target.dataset.page);
});

// --- The connection -----------------------------------------------------------------------------

const socketUrl = location.origin.replace(/^http/, 'ws') + '/ws';

const ticker = {
    socket: null,
    attempt: 0,
    timer: 0,

    open() {
        clearTimeout(this.timer);
        this.tell('Connecting', '');
        const socket = new WebSocket(socketUrl);
        this.socket = socket;
        socket.onopen = () => {
            this.attempt = 0;
            this.tell('Live', 'live');
            show('lost', false);
            find('extensions').textContent = socket.extensions;
            show('extensions', socket.extensions !== '');
        };
        socket.onmessage = (event) => this.read(JSON.parse(event.data));
        socket.onclose = (event) => {
            if (socket === this.socket)
                this.comeBack(event.reason);
        };
    },

    close() {
        clearTimeout(this.timer);
        const socket = this.socket;
        this.socket = null;
        if (socket)
            socket.close(1000);
        rows.clear();
    },

    read(message) {
        if (message.symbols)
            this.socket.send(JSON.stringify({ subscribe: message.symbols }));
        for (const [symbol, price] of Object.entries(message.prices || {}))
            rows.set(symbol, price);
        if (message.error)
            console.warn(message.error);
    },

    // A browser does not say why a WebSocket was refused: the server is asked who it takes us for.
    async comeBack(reason) {
        find('rows').classList.add('stale');
        show('extensions', false);
        this.tell('Reconnecting', '');
        try {
            const { user } = await (await fetch('/session')).json();
            if (!user) {
                this.close();
                return askForLogin('Your session has ended. Please log in again.');
            }
        } catch { /* The server is away: try again later. */ }
        // Twice as long each time, up to 10 s, and some chance: not all browsers at once.
        const delay = Math.min(10, 0.5 * 2 ** this.attempt++) * (0.5 + Math.random() / 2);
        const until = performance.now() + delay * 1000;
        const wait = () => {
            const left = (until - performance.now()) / 1000;
            find('lost').textContent = `Connection lost. ${reason} Attempt ${this.attempt} in ${Math.max(0, left).toFixed(1)} s`;
            show('lost', true);
            if (left <= 0)
                this.open();
            else
                this.timer = setTimeout(wait, 100);
        };
        wait();
    },

    tell(text, kind) {
        find('state').textContent = text;
        find('state').className = `pill ${kind}`;
    },
};

// --- Prices on the screen -----------------------------------------------------------------------

const rows = {
    known: new Map(),

    clear() {
        this.known.clear();
        find('rows').replaceChildren();
        show('empty', true);
    },

    set(symbol, price) {
        show('empty', false);
        find('rows').classList.remove('stale');
        const row = this.known.get(symbol) || this.add(symbol, price);
        const direction = Math.sign(price - row.prices.at(-1));
        row.prices.push(price);
        if (row.prices.length > 120)
            row.prices.shift();
        this.draw(row, price, direction);
    },

    add(symbol, price) {
        const item = document.createElement('li');
        item.innerHTML = '<span class="symbol"></span><span class="change"></span><span class="price">'
            + '</span><span class="range muted"></span><svg viewBox="0 0 119 64" '
            + 'preserveAspectRatio="none" aria-hidden="true"><path class="area"/><path class="line"/></svg>';
        item.querySelector('.symbol').textContent = symbol;
        item.dataset.symbol = symbol;
        const row = { item, first: price, prices: [price] };
        this.known.set(symbol, row);
        const after = [...find('rows').children].find((other) => other.dataset.symbol > symbol);
        find('rows').insertBefore(item, after || null);
        return row;
    },

    draw(row, price, direction) {
        const part = (name) => row.item.querySelector(name);
        const change = (price / row.first - 1) * 100;
        const low = Math.min(...row.prices);
        const high = Math.max(...row.prices);
        part('.price').textContent = price.toFixed(2);
        part('.change').textContent = `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(2)} %`;
        part('.range').textContent = `${low.toFixed(2)} – ${high.toFixed(2)}`;

        const x = (i) => i + 120 - row.prices.length;
        const y = (value) => high === low ? 32 : 62 - (value - low) / (high - low) * 60;
        const line = row.prices.map((value, i) => `${x(i)},${y(value).toFixed(1)}`).join('L');
        part('.line').setAttribute('d', `M${line}`);
        part('.area').setAttribute('d', `M${x(0)},64L${line}L119,64Z`);

        row.item.className = change > 0 ? 'rise' : change < 0 ? 'fall' : '';
        if (direction !== 0) {
            void row.item.offsetWidth; // begins the animation anew
            row.item.classList.add('flash', direction > 0 ? 'up' : 'down');
        }
    },
};

// --- Four ways to hear of the same --------------------------------------------------------------

const ways = {
    running: null, // an AbortController
    names: ['Polling, each second', 'Long polling', 'Streamed answer', 'WebSocket'],
    figures: [],

    start() {
        this.stop();
        const stop = this.running = new AbortController();
        this.figures = this.names.map(() => ({ heard: 0, changes: 0, late: 0, worst: 0, requests: 0, bytes: 0, last: 0 }));
        this.first = this.newest = null;
        this.times = new Map();
        find('start').textContent = 'Stop';
        for (const way of [this.poll, this.longPoll, this.stream, this.socket])
            way.call(this, stop.signal).catch((error) => stop.signal.aborted || console.warn(error));
        this.timer = setInterval(() => this.tell(), 500);
        this.tell();
    },

    stop() {
        if (!this.running)
            return;
        this.running.abort();
        this.running = null;
        clearInterval(this.timer);
        find('start').textContent = 'Start';
    },

    // Something came on a way.
    took(way, { step, time }, bytes) {
        const figures = this.figures[way];
        figures.bytes += bytes;
        this.first = Math.min(this.first ?? step, step);
        this.newest = Math.max(this.newest, step);
        this.times.set(step, time);
        if (step <= figures.last)
            return;
        // Late is also what was passed over, whose time another way has told.
        const now = performance.timeOrigin + performance.now();
        for (let passed = figures.last + 1; figures.last > 0 && passed <= step; ++passed) {
            const late = now - this.times.get(passed);
            if (late >= 0) {
                ++figures.changes;
                figures.late += late;
                figures.worst = Math.max(figures.worst, late);
            }
        }
        if (figures.last > 0)
            ++figures.heard;
        figures.last = step;
    },

    async ask(way, path, signal) {
        const response = await fetch(path, { signal });
        if (!response.ok)
            throw new Error(await response.text());
        const message = await response.json();
        ++this.figures[way].requests;
        const entry = performance.getEntriesByName(new URL(path, location.href).href).at(-1);
        this.took(way, message, entry ? entry.transferSize : 0);
        performance.clearResourceTimings();
        return message;
    },

    async poll(signal) {
        while (!signal.aborted) {
            await this.ask(0, `/prices?way=poll`, signal);
            await new Promise((resolve) => setTimeout(resolve, 1000));
        }
    },

    async longPoll(signal) {
        for (let step = 0; !signal.aborted;)
            ({ step } = await this.ask(1, `/prices/next?after=${step}`, signal));
    },

    async stream(signal) {
        const response = await fetch('/prices/stream', { signal });
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        ++this.figures[2].requests;
        for (let text = '';;) {
            const { value, done } = await reader.read();
            if (done)
                return;
            const events = (text + value).split('\n\n');
            text = events.pop();
            for (const event of events)
                this.took(2, JSON.parse(event.replace('data: ', '')), event.length + 2);
        }
    },

    async socket(signal) {
        const socket = new WebSocket(socketUrl);
        ++this.figures[3].requests;
        signal.addEventListener('abort', () => socket.close());
        socket.onmessage = ({ data }) => {
            const message = JSON.parse(data);
            if (message.symbols)
                socket.send(JSON.stringify({ subscribe: message.symbols }));
            if (message.prices)
                this.took(3, message, data.length);
        };
    },

    tell() {
        const changes = this.newest - this.first;
        find('table').replaceChildren(...this.figures.map((figures, way) => {
            const { heard, changes: told, late, worst, requests, bytes } = figures;
            const line = document.createElement('tr');
            for (const text of [this.names[way], `${heard} of ${changes}`,
                                told ? `${(late / told).toFixed(1)} ms` : '–',
                                told ? `${worst.toFixed(1)} ms` : '–', requests,
                                heard ? (bytes / heard).toFixed(0) : '–'])
                line.insertCell().textContent = text;
            return line;
        }));
    },
};
find('start').addEventListener('click', () => ways.running ? ways.stop() : ways.start());

// --- Begin --------------------------------------------------------------------------------------

fetch('/session').then((response) => response.json())
    .then(({ user }) => user ? enter() : askForLogin(''))
    .catch(() => askForLogin('The server does not answer.'));
