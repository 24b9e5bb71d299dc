// The strokes on the board, and how they reach the other windows: by a server in the window that
// was first, which passes on what each client sends.
import QtQuick 2.15
import Wirebird 1.0

Item {
    id: board

    property string address: "127.0.0.1"
    property int port: 8090
    readonly property string url: isServer ? "" + server.url : "ws://" + address + ":" + port
    readonly property bool isServer: server.listen && server.errorString === ""
    readonly property bool isReady: isServer || socket.status === WebSocket.Open
    readonly property string state: {
        if (isServer)
            return server.clients.count === 1 ? qsTr("1 guest") : qsTr("%1 guests").arg(server.clients.count)
        if (socket.status !== WebSocket.Open)
            return qsTr("Connecting")
        return socket.roundTripTime > 0 ? qsTr("%1 ms").arg(socket.roundTripTime.toFixed(1)) : qsTr("Joined")
    }

    // [{ id, colour, width, points: [x, y, …] }, …]
    property var strokes: []
    property int count: 0

    signal changed
    signal cleared

    visible: false

    function begin(colour, width, x, y) {
        const id = Math.floor(Math.random() * 0x7fffffff)
        const action = { begin: id, colour: "" + colour, width: width, points: [x, y] }
        take(action)
        send(action)
        return id
    }

    function extend(id, x, y) {
        if (id < 0)
            return
        const action = { extend: id, points: [x, y] }
        take(action)
        send(action)
    }

    function clear() {
        const action = { clear: true }
        take(action)
        send(action)
    }

    function send(action) {
        if (isServer)
            server.broadcastJson(action)
        else if (socket.status === WebSocket.Open)
            socket.sendJson(action)
    }

    // What comes from others is looked at before it is believed, and has an end.
    readonly property int mostStrokes: 5000
    readonly property int mostPoints: 20000

    function areNumbers(points) {
        return Array.isArray(points) && points.length > 0 && points.length % 2 === 0
            && points.length <= mostPoints && points.every(value => typeof value === "number" && isFinite(value))
    }

    function take(action) {
        if (!action)
            return
        if (action.clear) {
            strokes = []
            count = 0
            cleared()
            return
        }
        if (!areNumbers(action.points))
            return
        if (typeof action.begin === "number") {
            strokes.push({ id: action.begin, colour: "" + action.colour,
                           width: Math.min(Math.max(Number(action.width) || 4, 1), 40),
                           points: action.points.slice() })
            if (strokes.length > mostStrokes)
                strokes.shift()
            ++count
        } else {
            const stroke = strokes.slice().reverse().find(known => known.id === action.extend)
            if (!stroke || stroke.points.length > mostPoints)
                return
            stroke.points = stroke.points.concat(action.points)
        }
        changed()
    }

    WebSocketServer {
        id: server

        host: board.address
        port: board.port
        name: "whiteboard"
        listen: true
        onClientConnected: function (webSocket) {
            for (const stroke of board.strokes)
                webSocket.sendJson({ begin: stroke.id, colour: stroke.colour, width: stroke.width,
                                     points: stroke.points })
            webSocket.onJsonMessageReceived.connect(function (action) {
                board.take(action)
                for (const client of board.others(webSocket))
                    client.sendJson(action)
            })
        }
    }

    function others(socket) {
        const found = []
        for (let row = 0; row < guests.count; ++row) {
            const guest = guests.itemAt(row)
            if (guest && guest.socket !== socket)
                found.push(guest.socket)
        }
        return found
    }

    Repeater {
        id: guests

        model: server.clients
        delegate: Item {
            required property var socket
        }
    }

    // Where somebody else has the board already.
    WebSocket {
        id: socket

        url: board.url
        active: !board.isServer
        reconnect.enabled: true
        reconnect.initialDelay: 300
        reconnect.maximumDelay: 3000
        onJsonMessageReceived: function (action) { board.take(action) }
        onStatusChanged: function (status) {
            if (status === WebSocket.Open) {
                board.strokes = []
                board.count = 0
                board.cleared()
                ping()
            }
        }
        // The window that served it is gone: this one may take its place.
        onReconnectScheduled: {
            server.listen = false
            server.listen = true
        }
    }

    Timer {
        interval: 1000
        repeat: true
        running: socket.status === WebSocket.Open
        onTriggered: socket.ping()
    }
}
