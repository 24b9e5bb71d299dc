// What the module Wirebird has beyond Qt's members.
import QtQuick 2.15
import QtTest 1.15
import Wirebird 1.0

TestCase {
    id: test

    name: "wirebird"

    property var received: []
    property var attempts: []
    property var gone: []
    property var peer: null
    property var ignoredJson: []

    Component {
        id: serverComponent

        WebSocketServer {
            listen: true
            onClientConnected: function (webSocket) {
                test.peer = webSocket
                webSocket.onTextMessageReceived.connect(function (message) {
                    if (message === "abort")
                        webSocket.abort()
                    else
                        webSocket.sendTextMessage(message)
                })
                webSocket.onBinaryMessageReceived.connect(function (message) {
                    webSocket.sendBinaryMessage(message)
                })
            }
            onClientDisconnected: function (webSocket) {
                test.gone.push([webSocket.closeCode, webSocket.closeReason])
            }
        }
    }

    Component {
        id: clientComponent

        WebSocket {
            reconnect.initialDelay: 20
            reconnect.maximumDelay: 40
            onTextMessageReceived: function (message) { test.received.push(message) }
            onBinaryMessageReceived: function (message) { test.received.push(message) }
            onReconnectScheduled: function (attempt, delay) {
                test.attempts.push([attempt, delay])
            }
        }
    }

    Component {
        id: jsonComponent

        WebSocket {
            onJsonMessageReceived: function (value) { test.received.push(value) }
        }
    }

    Component {
        id: jsonErrorComponent

        WebSocket {
            onJsonMessageReceived: function (value) { test.received.push(value) }
            onJsonErrorOccurred: function (errorString, message) {
                test.ignoredJson.push([errorString, message])
            }
        }
    }

    Component {
        id: figuresComponent

        Item {
            id: figures

            property alias socket: inner
            readonly property real seen: inner.messagesReceived
            readonly property real waiting: inner.bytesToWrite

            WebSocket {
                id: inner

                updateInterval: 10
            }
        }
    }

    Component {
        id: listComponent

        Item {
            id: list

            property var model
            property alias rows: repeater

            Repeater {
                id: repeater

                model: list.model
                delegate: Item {
                    required property var socket
                    required property string address
                    required property int port
                    required property string origin
                    required property string subprotocol
                    required property date connectedSince
                    required property real bytesReceived
                    required property real bytesSent
                    required property real messagesReceivedPerSecond
                    required property real messagesSentPerSecond
                    required property real messagesReceived
                    required property real messagesSent
                    required property real roundTripTime
                }
            }
        }
    }

    Component {
        id: spyComponent

        SignalSpy { }
    }

    function init() {
        received = []
        attempts = []
        gone = []
        ignoredJson = []
        peer = null
    }

    function makeServer(properties) {
        return createTemporaryObject(serverComponent, test, properties || {})
    }

    function openTo(server, properties, component) {
        const all = Object.assign({ url: server.url, active: true }, properties || {})
        const client = createTemporaryObject(component || clientComponent, test, all)
        tryVerify(() => client.status === WebSocket.Open && peer)
        return client
    }

    function openPair(properties, component) {
        const server = makeServer()
        return { server: server, client: openTo(server, properties, component) }
    }

    function test_request_headers_and_the_origin_are_sent() {
        const server = makeServer({ allowedOrigins: ["https://birds.example"] })
        openTo(server, {
            requestHeaders: { "X-Bird": "wren", "X-Number": 7, "X-List": ["a", "b"] },
            origin: "https://birds.example"
        })
        const headers = {}
        for (const name in peer.requestHeaders)
            headers[name.toLowerCase()] = peer.requestHeaders[name]
        compare(headers["x-bird"], "wren")
        compare(headers["x-number"], "7")
        compare(headers["x-list"], "a, b")
        compare(peer.origin, "https://birds.example")
    }

    function test_a_foreign_origin_is_refused() {
        const server = makeServer()
        const client = createTemporaryObject(clientComponent, test, {
            url: server.url, origin: "https://crows.example", active: true
        })
        tryCompare(client, "status", WebSocket.Error)
        compare(client.responseStatus, 403)
        verify(client.errorString.indexOf("403") >= 0)
        server.allowedOrigins = ["*"]
        client.open()
        tryCompare(client, "status", WebSocket.Open)
        compare(client.responseStatus, 101)
    }

    function test_close_has_a_code_and_a_reason() {
        const pair = openPair()
        compare(pair.client.closeCode, 1000)
        pair.client.close(4001, "tired")
        compare(pair.client.active, false)
        tryCompare(pair.client, "status", WebSocket.Closed)
        compare(pair.client.closeCode, 4001)
        compare(pair.client.closeReason, "tired")
        tryVerify(() => gone.length === 1)
        compare(gone[0], [4001, "tired"])
    }

    function test_the_peer_s_close_is_told() {
        const pair = openPair()
        peer.close(4002, "enough")
        tryCompare(pair.client, "status", WebSocket.Closed)
        compare(pair.client.closeCode, 4002)
        compare(pair.client.closeReason, "enough")
        verify(pair.client.active)
        pair.client.open()
        tryCompare(pair.client, "status", WebSocket.Open)
        compare(pair.client.closeCode, 1000)
        compare(pair.client.closeReason, "")
    }

    function test_abort_ends_at_once() {
        const pair = openPair()
        pair.client.abort()
        compare(pair.client.status, WebSocket.Closed)
        compare(pair.client.active, false)
    }

    function test_binary_is_an_ArrayBuffer_both_ways() {
        const pair = openPair()
        pair.client.sendBinaryMessage(new Uint8Array([0, 255, 7]).buffer)
        tryVerify(() => received.length === 1)
        verify(received[0] instanceof ArrayBuffer)
        compare(Array.from(new Uint8Array(received[0])), [0, 255, 7])
    }

    function test_json_comes_back_data() {
        return [
            { tag: "object", value: { bird: "wren", grams: 9.5, eggs: [1, 2], alive: true } },
            { tag: "list", value: [1, "two", null] },
            { tag: "string", value: "🐦" },
            { tag: "number", value: -0.5 },
            { tag: "null", value: null },
            { tag: "false", value: false },
        ]
    }

    function test_json_comes_back(data) {
        const pair = openPair({}, jsonComponent)
        verify(pair.client.sendJson(data.value) > 0)
        tryVerify(() => received.length === 1)
        compare(received[0], data.value)
    }

    function test_what_is_nothing_to_json_is_not_sent() {
        const pair = openPair({}, jsonComponent)
        ignoreWarning(/nothing that JSON knows/)
        compare(pair.client.sendJson(undefined), 0)
        ignoreWarning(/nothing that JSON knows/)
        compare(pair.client.sendJson(function () { }), 0)
        const circle = {}
        circle.self = circle
        ignoreWarning(/sendJson/)
        compare(pair.client.sendJson(circle), 0)
        compare(pair.client.messagesSent, 0)
    }

    function test_a_text_that_is_not_json_is_told() {
        const pair = openPair({}, jsonErrorComponent)
        pair.client.sendTextMessage("{")
        tryVerify(() => ignoredJson.length === 1)
        compare(ignoredJson[0][1], "{")
        verify(ignoredJson[0][0] !== "")
        compare(received.length, 0)
    }

    function test_a_text_that_is_not_json_is_warned_of_if_nobody_listens() {
        const pair = openPair({}, jsonComponent)
        ignoreWarning(/is not JSON/)
        pair.client.sendTextMessage("nonsense")
        pair.client.sendTextMessage("1")
        tryVerify(() => received.length === 1)
    }

    function test_text_is_not_parsed_where_nobody_wants_json() {
        const pair = openPair() // would print a warning, which fails
        pair.client.sendTextMessage("{")
        tryVerify(() => received.length === 1)
    }

    function test_a_ping_is_answered_and_timed() {
        const pair = openPair()
        compare(pair.client.roundTripTime, 0)
        const spy = createTemporaryObject(spyComponent, test,
                                          { target: pair.client, signalName: "pong" })
        pair.client.ping(new Uint8Array([98, 105]).buffer)
        tryCompare(spy, "count", 1)
        compare(Array.from(new Uint8Array(spy.signalArguments[0][1])), [98, 105])
        tryVerify(() => pair.client.roundTripTime > 0)
    }

    function test_compression_is_agreed_on() {
        const server = makeServer()
        server.compression.enabled = true
        const client = openTo(server)
        verify(client.extensions.indexOf("permessage-deflate") >= 0)
        const text = "wren ".repeat(2000)
        client.sendTextMessage(text)
        tryVerify(() => received.length === 1)
        compare(received[0], text)
        verify(client.bytesReceived < text.length / 2)
    }

    function test_compression_can_be_switched_off() {
        const server = makeServer()
        server.compression.enabled = true
        const client = createTemporaryObject(clientComponent, test, { url: server.url })
        client.compression.enabled = false
        client.active = true
        tryCompare(client, "status", WebSocket.Open)
        compare(client.extensions, "")
    }

    function test_options_have_the_defaults_of_their_classes() {
        const client = createTemporaryObject(clientComponent, test)
        compare(client.compression.enabled, true)
        compare(client.heartbeat.interval, 0)
        compare(client.heartbeat.timeout, 20000)
        compare(client.limits.maxMessageSize, 64 * 1024 * 1024)
        compare(client.reconnect.enabled, false)
        compare(client.reconnect.factor, 2)
        compare(client.updateInterval, 500)
        const server = makeServer()
        compare(server.compression.enabled, false)
        compare(server.heartbeat.interval, 25000)
        compare(server.limits.maxMessageSize, 1024 * 1024)
        compare(server.limits.overflow, WebSocketLimits.CloseConnection)
        compare(server.serverLimits.maxConnections, 10000)
    }

    function test_options_tell_of_changes() {
        const client = createTemporaryObject(clientComponent, test)
        const spy = createTemporaryObject(spyComponent, test,
                                          { target: client.heartbeat, signalName: "changed" })
        client.heartbeat.interval = 1000
        client.heartbeat.interval = 1000
        compare(spy.count, 1)
        client.heartbeat.interval = -5
        compare(client.heartbeat.interval, 0)
    }

    function test_limits_hold() {
        const server = makeServer()
        server.limits.maxMessageSize = 10
        const client = openTo(server)
        client.sendTextMessage("more than ten")
        tryCompare(client, "status", WebSocket.Closed)
        compare(client.closeCode, 1009)
    }

    function test_a_server_takes_so_many_connections() {
        const server = makeServer({ listen: false })
        server.serverLimits.maxConnections = 1
        server.listen = true
        openTo(server)
        const second = createTemporaryObject(clientComponent, test, {
            url: server.url, active: true
        })
        tryVerify(() => second.status !== WebSocket.Connecting || server.clients.count === 1)
        compare(server.clients.count, 1)
    }

    function test_a_lost_connection_comes_back() {
        const pair = openPair()
        pair.client.reconnect.enabled = true
        const before = peer
        pair.client.sendTextMessage("abort")
        tryVerify(() => pair.client.reconnecting)
        tryVerify(() => pair.client.status === WebSocket.Open && peer !== before)
        compare(attempts.length, 1)
        compare(attempts[0][0], 1)
        verify(attempts[0][1] <= 20)
        compare(pair.client.reconnecting, false)
        compare(pair.client.reconnectAttempt, 0)
    }

    function test_it_does_not_come_back_when_no_longer_active() {
        const server = makeServer()
        const client = openTo(server)
        client.reconnect.enabled = true
        client.reconnect.initialDelay = 600000
        client.reconnect.maximumDelay = 600000
        client.sendTextMessage("abort")
        tryVerify(() => client.reconnecting)
        client.active = false
        compare(client.reconnecting, false)
    }

    function test_open_hurries() {
        const server = makeServer()
        const client = openTo(server)
        client.reconnect.enabled = true
        client.reconnect.initialDelay = 600000
        client.reconnect.maximumDelay = 600000
        client.sendTextMessage("abort")
        tryVerify(() => client.reconnecting)
        client.open()
        tryCompare(client, "status", WebSocket.Open)
    }

    function test_figures_follow() {
        const server = makeServer()
        const item = createTemporaryObject(figuresComponent, test)
        item.socket.url = server.url
        item.socket.active = true
        tryVerify(() => item.socket.status === WebSocket.Open && peer)
        for (let i = 0; i < 3; ++i)
            peer.sendTextMessage("bird")
        tryCompare(item, "seen", 3)
        compare(item.socket.messagesReceived, 3)
        tryCompare(item, "waiting", 0)
    }

    function test_the_model_has_a_row_for_each_client() {
        const server = makeServer({ supportedSubprotocols: ["bird"] })
        const list = createTemporaryObject(listComponent, test, { model: server.clients })
        compare(server.clients.count, 0)
        const first = openTo(server, { requestedSubprotocols: ["bird"] })
        const second = openTo(server)
        tryCompare(list.rows, "count", 2)
        compare(server.clients.count, 2)
        const row = list.rows.itemAt(0)
        compare(row.address, "127.0.0.1")
        compare(row.port, row.socket.peerPort)
        verify(row.port > 0)
        compare(row.subprotocol, "bird")
        compare(row.origin, "")
        verify(Math.abs(row.connectedSince.getTime() - Date.now()) < 60000)
        compare(row.socket.status, WebSocket.Open)
        first.active = false
        tryCompare(list.rows, "count", 1)
        compare(list.rows.itemAt(0).subprotocol, "")
        second.abort()
        tryCompare(list.rows, "count", 0)
    }

    function test_the_model_measures() {
        const server = makeServer()
        server.clients.updateInterval = 20
        const list = createTemporaryObject(listComponent, test, { model: server.clients })
        const client = openTo(server)
        tryCompare(list.rows, "count", 1)
        const row = list.rows.itemAt(0)
        for (let i = 0; i < 10; ++i)
            client.sendTextMessage("tick")
        tryCompare(row, "messagesReceived", 10)
        tryCompare(row, "messagesSent", 10)
        verify(row.bytesReceived > 0)
        verify(row.bytesSent > 0)
        tryVerify(() => row.messagesReceivedPerSecond === 0 && row.messagesSentPerSecond === 0)
        row.socket.ping()
        tryVerify(() => row.roundTripTime > 0)
    }

    function test_broadcasts_reach_everybody() {
        const server = makeServer()
        compare(server.broadcastText("nobody"), 0)
        const clients = [openTo(server), openTo(server), openTo(server)]
        tryCompare(server.clients, "count", 3)
        compare(server.broadcastText("all"), 3)
        tryVerify(() => received.length === 3)
        compare(received, ["all", "all", "all"])
        received = []
        compare(server.broadcastBinary(new Uint8Array([5]).buffer), 3)
        tryVerify(() => received.length === 3)
        received = []
        compare(server.broadcastJson({ bird: "wren" }), 3)
        tryVerify(() => received.length === 3)
        compare(JSON.parse(received[0]).bird, "wren")
        ignoreWarning(/broadcastJson/)
        compare(server.broadcastJson(undefined), 0)
    }

    function test_a_client_that_went_is_kept_while_it_is_referred_to() {
        const pair = openPair()
        pair.client.active = false
        tryVerify(() => gone.length === 1)
        gc()
        compare(peer.status, WebSocket.Closed)
        peer.sendTextMessage("lost") // an error, no crash
        compare(peer.status, WebSocket.Error)
    }

    function test_a_server_can_go_while_clients_are_connected() {
        const server = serverComponent.createObject(test)
        const client = openTo(server)
        server.destroy()
        tryCompare(client, "status", WebSocket.Closed)
        compare(client.closeCode, 1001)
    }
}
