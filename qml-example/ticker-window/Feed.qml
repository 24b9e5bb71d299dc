// The connection to the ticker, and what came over it.
import QtQuick 2.15
import Wirebird 1.0

Item {
    id: feed

    property alias url: socket.url
    // Logs in where the server wants it.
    required property var login
    // A row for each symbol: symbol, price, change in per cent, direction.
    readonly property ListModel stocks: ListModel { }
    // Of each symbol [{ time, price }, …], the newest last; price null: the connection was lost.
    property var histories: ({})
    property int received: 0
    property int perSecond: 0
    readonly property real roundTripTime: socket.roundTripTime
    readonly property bool isLive: socket.status === WebSocket.Open
    readonly property bool isGivenUp: !isLive && !socket.reconnecting
                                      && socket.status !== WebSocket.Connecting
    readonly property int attempt: socket.reconnectAttempt
    property real secondsLeft: 0
    property string problem: ""
    property bool wantsLogin: false

    signal pricesReceived(var prices)
    signal noteReceived(string note)

    visible: false

    function tryNow() {
        socket.open()
    }

    function take(value) {
        if (value && typeof value.note === "string") {
            noteReceived(value.note)
            return
        }
        // What there is to subscribe to is told at first.
        if (value && Array.isArray(value.symbols))
            socket.sendJson({ subscribe: value.symbols })
        const prices = value && value.prices || {}
        for (const symbol in prices) {
            if (typeof prices[symbol] === "number")
                takePrice(symbol, prices[symbol])
        }
    }

    function takePrice(symbol, price) {
        const row = rowOf(symbol)
        addPoint(symbol, price)
        if (row < 0) {
            stocks.append({ symbol: symbol, first: price, price: price, change: 0, direction: 0,
                            count: 1 })
        } else {
            const stock = stocks.get(row)
            const direction = Math.sign(price - stock.price)
            stocks.set(row, { direction: direction === 0 ? stock.direction : direction,
                              change: (price / stock.first - 1) * 100,
                              count: stock.count + 1,
                              price: price })
        }
        ++received
    }

    function rowOf(symbol) {
        for (let row = 0; row < stocks.count; ++row) {
            if (stocks.get(row).symbol === symbol)
                return row
        }
        return -1
    }

    function addPoint(symbol, price) {
        const points = histories[symbol] || []
        points.push({ time: Date.now(), price: price })
        if (points.length > 2000)
            points.splice(0, 500)
        histories[symbol] = points
    }

    function markGap() {
        for (const symbol in histories)
            addPoint(symbol, null)
        for (let row = 0; row < stocks.count; ++row)
            stocks.setProperty(row, "count", stocks.get(row).count + 1)
    }

    WebSocket {
        id: socket

        property bool wasOpen: false

        active: true
        // A plugged cable is noticed at once, a pulled one after two silent seconds.
        heartbeat.interval: 2000
        heartbeat.timeout: 3000
        reconnect.enabled: true
        reconnect.initialDelay: 1000
        reconnect.maximumDelay: 10000

        onJsonMessageReceived: function (value) {
            feed.take(value)
            if (value && value.prices)
                feed.pricesReceived(value.prices)
        }
        onJsonErrorOccurred: function (errorString) { console.warn("not a price:", errorString) }
        onStatusChanged: function (status) {
            if (status === WebSocket.Open) {
                feed.problem = ""
                feed.wantsLogin = false
                socket.ping()
            } else if (status === WebSocket.Error) {
                feed.problem = socket.errorString
                // Also after a restart of the server, which has forgotten everybody.
                if (socket.responseStatus === 401) {
                    feed.wantsLogin = true
                    feed.login.logIn()
                }
            } else if (status === WebSocket.Closed && closeCode !== 1006) {
                feed.problem = closeReason || qsTr("The server closed the connection.")
            }
            if (wasOpen && status !== WebSocket.Open)
                feed.markGap()
            wasOpen = status === WebSocket.Open
        }
        onReconnectScheduled: function (attempt, delay) {
            countdown.until = Date.now() + delay
            countdown.tell()
        }
    }

    Connections {
        target: feed.login

        function onLoggedIn(cookie) {
            socket.requestHeaders = { Cookie: cookie }
            socket.open()
        }
    }

    Timer {
        id: countdown

        property real until: 0

        function tell() {
            feed.secondsLeft = Math.max(0, (until - Date.now()) / 1000)
        }

        interval: 100
        repeat: true
        running: socket.reconnecting
        onTriggered: tell()
    }

    Timer {
        property int before: 0

        interval: 1000
        repeat: true
        running: true
        onTriggered: {
            feed.perSecond = feed.received - before
            before = feed.received
        }
    }

    Timer {
        interval: 1000
        repeat: true
        running: feed.isLive
        onTriggered: socket.ping()
    }
}
