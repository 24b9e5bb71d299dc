// A whiteboard that several windows share. Whoever is first serves it, the others join; what one
// draws appears in all of them while it is being drawn.
import QtQuick 2.15
import QtQuick.Window 2.15

Window {
    id: window

    // Where the board is.
    property alias address: board.address
    property alias port: board.port
    readonly property alias strokeCount: board.count
    readonly property string served: board.isServer ? board.url : ""
    // Draws a flower by itself.
    property bool isDrawing: false

    readonly property var colours: ["#16202c", "#d6455d", "#e58a1f", "#2f9e63", "#2f7de1", "#8a55d6"]

    width: 860
    height: 600
    minimumWidth: 320
    minimumHeight: 360
    visible: true
    title: board.isServer ? qsTr("Whiteboard at %1").arg(board.url) : qsTr("Whiteboard")
    color: "#fbfaf7"

    Board {
        id: board

        onChanged: canvas.requestPaint()
        onCleared: canvas.requestPaint()
    }

    Canvas {
        id: canvas

        anchors.fill: parent
        renderStrategy: Canvas.Cooperative

        onPaint: {
            const context = getContext("2d")
            context.clearRect(0, 0, width, height)
            context.lineCap = "round"
            context.lineJoin = "round"
            for (const stroke of board.strokes) {
                context.beginPath()
                context.strokeStyle = stroke.colour
                context.lineWidth = stroke.width
                const points = stroke.points
                context.moveTo(points[0], points[1])
                if (points.length === 2)
                    context.lineTo(points[0] + 0.1, points[1])
                for (let i = 2; i < points.length; i += 2)
                    context.lineTo(points[i], points[i + 1])
                context.stroke()
            }
        }
    }

    Text {
        anchors.centerIn: parent
        visible: board.count === 0
        text: board.isReady ? qsTr("Draw here, or in another window.") : qsTr("Looking for the board …")
        color: "#8a8f98"
        font.pixelSize: 18
    }

    MouseArea {
        property int pencil: -1

        anchors.fill: parent
        enabled: board.isReady
        cursorShape: Qt.CrossCursor
        onPressed: function (mouse) {
            pencil = board.begin(palette.colour, 4, mouse.x, mouse.y)
        }
        onPositionChanged: function (mouse) { board.extend(pencil, mouse.x, mouse.y) }
        onReleased: pencil = -1
    }

    Timer {
        property int pencil: -1
        property real angle: 0

        function x() {
            return window.width / 2 + 0.38 * window.height * Math.cos(2.5 * angle) * Math.cos(angle)
        }
        function y() {
            return window.height / 2 + 0.38 * window.height * Math.cos(2.5 * angle) * Math.sin(angle)
        }

        interval: 10
        repeat: true
        running: window.isDrawing && board.isReady
        onTriggered: {
            if (pencil < 0)
                pencil = board.begin(palette.colour, 4, x(), y())
            angle += 0.04
            board.extend(pencil, x(), y())
            if (angle > 4 * Math.PI) {
                pencil = -1
                angle = 0
                palette.colour = window.colours[Math.floor(Math.random() * window.colours.length)]
            }
        }
    }

    // The bar: colours, what the connection is like, and a button.
    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 16
        width: bar.implicitWidth + 28
        height: 52
        radius: 26
        color: "#ffffff"
        border.color: "#dcdfe4"

        Row {
            id: bar

            anchors.centerIn: parent
            spacing: 10

            Row {
                id: palette

                property color colour: window.colours[4]

                spacing: 8
                anchors.verticalCenter: parent.verticalCenter

                Repeater {
                    model: window.colours

                    Rectangle {
                        id: dot

                        required property color modelData
                        readonly property bool isChosen: palette.colour === modelData

                        width: 24
                        height: 24
                        radius: 12
                        color: modelData
                        border.width: isChosen ? 3 : 0
                        border.color: Qt.lighter(modelData, 1.7)
                        scale: isChosen ? 1.15 : 1

                        TapHandler {
                            onTapped: palette.colour = dot.modelData
                        }
                    }
                }
            }
            Rectangle {
                width: 1
                height: 24
                color: "#dcdfe4"
                anchors.verticalCenter: parent.verticalCenter
            }
            Text {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.max(implicitWidth, 74)
                text: board.state
                color: board.isReady ? "#5d6470" : "#b3541e"
                font.pixelSize: 13
            }
            Rectangle {
                width: clear.implicitWidth + 24
                height: 30
                radius: 15
                color: clearTap.pressed ? "#dfe3e9" : "#eef0f4"
                anchors.verticalCenter: parent.verticalCenter

                Text {
                    id: clear

                    anchors.centerIn: parent
                    text: qsTr("Clear")
                    color: "#16202c"
                    font.pixelSize: 13
                }
                TapHandler {
                    id: clearTap

                    onTapped: board.clear()
                }
            }
        }
    }
}
