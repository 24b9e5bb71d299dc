// A WebSocket server in the window: it passes the prices on to its own clients, and lists them.
import QtQuick 2.15
import QtQuick.Layouts 1.15
import Wirebird 1.0

Item {
    id: page

    required property var feed
    property alias server: server
    property int visitors: 0
    property string told: ""

    readonly property bool isWide: width >= 720

    function bytes(count) {
        return count < 1000 ? count + " B"
             : count < 1e6 ? (count / 1e3).toFixed(1) + " kB" : (count / 1e6).toFixed(1) + " MB"
    }

    function since(date, now) {
        const seconds = Math.max(0, Math.round((now - date.getTime()) / 1000))
        return seconds < 60 ? qsTr("%1 s").arg(seconds)
             : seconds < 3600 ? qsTr("%1 min").arg(Math.floor(seconds / 60))
             : qsTr("%1 h").arg(Math.floor(seconds / 3600))
    }

    function broadcast() {
        if (note.text === "")
            return
        const receivers = server.broadcastJson({ note: note.text })
        told = receivers === 1 ? qsTr("“%1” went to one client.").arg(note.text)
             : qsTr("“%1” went to %2 clients.").arg(note.text).arg(receivers)
        note.clear()
    }

    WebSocketServer {
        id: server

        name: "ticker-window"
        listen: true
        compression.enabled: true
        // Each client has all prices to begin with.
        onClientConnected: function (webSocket) {
            const prices = {}
            for (let row = 0; row < page.feed.stocks.count; ++row) {
                const stock = page.feed.stocks.get(row)
                prices[stock.symbol] = stock.price
            }
            webSocket.sendJson({ prices: prices })
        }
    }

    Connections {
        target: page.feed

        function onPricesReceived(prices) { server.broadcastJson({ prices: prices }) }
    }

    // Clients of this window's own, to have some.
    Repeater {
        model: page.visitors

        Item {
            visible: false

            WebSocket {
                id: visitor

                url: server.url
                active: true
                reconnect.enabled: true
            }
            Timer {
                interval: 400
                repeat: true
                running: visitor.status === WebSocket.Open
                onTriggered: visitor.sendJson({ hello: Date.now() })
            }
        }
    }

    Timer {
        id: clock

        property real now: Date.now()

        interval: 1000
        repeat: true
        running: page.visible
        onTriggered: now = Date.now()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        Rectangle {
            color: Theme.surface
            radius: Theme.radius
            border.color: Theme.line
            implicitHeight: head.implicitHeight + 32
            Layout.fillWidth: true

            GridLayout {
                id: head

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                anchors.margins: 16
                columns: page.isWide ? 4 : 2
                columnSpacing: 16
                rowSpacing: 12

                Column {
                    spacing: 2
                    Layout.fillWidth: true
                    Layout.columnSpan: page.isWide ? 1 : 2

                    Text {
                        width: parent.width
                        text: server.listen ? qsTr("Passing the prices on at") : qsTr("Not listening")
                        color: Theme.muted
                        font.pixelSize: Theme.small
                        elide: Text.ElideRight
                    }
                    TextEdit {
                        width: parent.width
                        text: "" + server.url
                        readOnly: true
                        selectByMouse: true
                        color: server.listen ? Theme.text : Theme.muted
                        selectionColor: Theme.accent
                        font.pixelSize: Theme.large
                        font.weight: Font.DemiBold
                    }
                    Text {
                        width: parent.width
                        visible: server.errorString !== ""
                        text: server.errorString
                        color: Theme.fall
                        font.pixelSize: Theme.small
                        wrapMode: Text.Wrap
                    }
                }
                Figure {
                    label: qsTr("Clients")
                    value: server.clients.count
                    visible: page.isWide
                }
                PushButton {
                    text: qsTr("Add a visitor")
                    Layout.fillWidth: !page.isWide
                    onClicked: ++page.visitors
                }
                PushButton {
                    text: server.listen ? qsTr("Stop listening") : qsTr("Listen")
                    primary: !server.listen
                    Layout.fillWidth: !page.isWide
                    onClicked: server.listen = !server.listen
                }
            }
        }

        Rectangle {
            color: Theme.surface
            radius: Theme.radius
            border.color: Theme.line
            Layout.fillWidth: true
            Layout.fillHeight: true

            Message {
                anchors.fill: parent
                visible: server.clients.count === 0
                colour: server.listen ? Theme.accent : Theme.muted
                title: server.listen ? qsTr("No clients yet") : qsTr("The server is off")
                text: server.listen ? qsTr("ticker-window --url %1\nshows the same prices in a window "
                                           + "of its own.").arg("" + server.url)
                                    : qsTr("Clients that were connected stay so.")
                action: server.listen ? qsTr("Add a visitor") : qsTr("Listen")
                onActed: {
                    if (server.listen)
                        ++page.visitors
                    else
                        server.listen = true
                }
            }

            ListView {
                id: list

                anchors.fill: parent
                anchors.margins: 6
                visible: count > 0
                model: server.clients
                clip: true
                boundsBehavior: Flickable.StopAtBounds

                delegate: Item {
                    id: row

                    required property int index
                    required property var socket
                    required property string address
                    required property int port
                    required property date connectedSince
                    required property real bytesSent
                    required property real messagesReceivedPerSecond
                    required property real messagesSentPerSecond
                    required property real roundTripTime

                    width: list.width
                    height: page.isWide ? 58 : 96

                    Timer {
                        interval: 1000
                        repeat: true
                        running: page.visible
                        triggeredOnStart: true
                        onTriggered: row.socket.ping()
                    }

                    Rectangle {
                        visible: row.index > 0
                        width: parent.width - 24
                        height: 1
                        anchors.horizontalCenter: parent.horizontalCenter
                        color: Theme.line
                    }

                    GridLayout {
                        anchors.fill: parent
                        anchors.leftMargin: 12
                        anchors.rightMargin: 10
                        columns: page.isWide ? 2 : 1
                        columnSpacing: 16
                        rowSpacing: 0

                        RowLayout {
                            spacing: 10
                            Layout.fillWidth: true

                            Rectangle {
                                width: 8
                                height: 8
                                radius: 4
                                color: Theme.rise
                            }
                            Column {
                                Layout.fillWidth: true

                                Text {
                                    width: parent.width
                                    text: row.address + ":" + row.port
                                    color: Theme.text
                                    font.pixelSize: Theme.body
                                    font.weight: Font.DemiBold
                                    elide: Text.ElideRight
                                }
                                Text {
                                    width: parent.width
                                    text: qsTr("for %1").arg(page.since(row.connectedSince, clock.now))
                                    color: Theme.muted
                                    font.pixelSize: Theme.small
                                    elide: Text.ElideRight
                                }
                            }
                            PushButton {
                                visible: !page.isWide
                                text: qsTr("Close")
                                implicitHeight: 28
                                onClicked: row.socket.close(1001, qsTr("Closed by hand"))
                            }
                        }
                        RowLayout {
                            spacing: 16

                            Figure {
                                label: qsTr("In")
                                value: qsTr("%1 / s").arg(row.messagesReceivedPerSecond.toFixed(1))
                                Layout.preferredWidth: 58
                            }
                            Figure {
                                label: qsTr("Out")
                                value: qsTr("%1 / s").arg(row.messagesSentPerSecond.toFixed(1))
                                Layout.preferredWidth: 58
                            }
                            Figure {
                                label: qsTr("Sent")
                                value: page.bytes(row.bytesSent)
                                Layout.preferredWidth: 64
                            }
                            Figure {
                                label: qsTr("Round trip")
                                value: row.roundTripTime > 0
                                       ? qsTr("%1 ms").arg(row.roundTripTime.toFixed(2)) : "–"
                                Layout.preferredWidth: 72
                            }
                            PushButton {
                                visible: page.isWide
                                text: qsTr("Close")
                                implicitHeight: 28
                                onClicked: row.socket.close(1001, qsTr("Closed by hand"))
                            }
                        }
                    }
                }
            }
        }

        Rectangle {
            color: Theme.surface
            radius: Theme.radius
            border.color: Theme.line
            implicitHeight: foot.implicitHeight + 28
            Layout.fillWidth: true

            ColumnLayout {
                id: foot

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                anchors.margins: 16
                spacing: 6

                RowLayout {
                    spacing: 10

                    Field {
                        id: note

                        placeholderText: qsTr("A note to every client")
                        Layout.fillWidth: true
                        onAccepted: page.broadcast()
                    }
                    PushButton {
                        text: qsTr("Broadcast")
                        primary: true
                        implicitHeight: 36
                        enabled: note.text !== ""
                        onClicked: page.broadcast()
                    }
                }
                Text {
                    visible: text !== ""
                    text: page.told
                    color: Theme.muted
                    font.pixelSize: Theme.small
                    elide: Text.ElideRight
                    Layout.fillWidth: true
                }
            }
        }
    }
}
