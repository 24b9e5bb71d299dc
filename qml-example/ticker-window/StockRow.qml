// One symbol: its price, how it changed, and its last prices as a line.
import QtQuick 2.15
import QtQuick.Layouts 1.15
import QtQuick.Templates 2.15 as T

T.AbstractButton {
    id: row

    required property string symbol
    required property real price
    required property real change
    required property int direction
    property var points: []
    property bool isCurrent: false
    property bool isStale: false

    implicitHeight: 58
    hoverEnabled: true
    opacity: isStale ? 0.55 : 1
    Accessible.name: symbol + " " + price.toFixed(2)

    // How brightly the last change still shows.
    property real glow: 0

    onPriceChanged: if (direction !== 0) flash.restart()

    NumberAnimation {
        id: flash

        target: row
        property: "glow"
        from: 0.16
        to: 0
        duration: 700
        easing.type: Easing.OutQuad
    }

    background: Rectangle {
        radius: 10
        color: row.isCurrent ? Theme.raised
             : row.hovered ? Theme.translucent(Theme.raised, 0.6) : "transparent"
        border.width: row.visualFocus ? 2 : 0
        border.color: Theme.accent

        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: Theme.ofChange(row.direction)
            opacity: row.glow
        }
    }
    contentItem: RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 14
        anchors.rightMargin: 14
        spacing: 12

        Text {
            text: row.symbol
            color: Theme.text
            font.pixelSize: Theme.body + 1
            font.weight: Font.DemiBold
            Layout.preferredWidth: 62
        }
        Sparkline {
            points: row.points
            colour: Theme.ofChange(row.change)
            Layout.fillWidth: true
            Layout.preferredHeight: 30
        }
        Column {
            spacing: 2
            Layout.preferredWidth: 76

            Text {
                width: parent.width
                text: row.price.toFixed(2)
                color: Theme.text
                font.pixelSize: Theme.body + 1
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignRight
            }
            Text {
                width: parent.width
                text: (row.change < 0 ? "\u2212" : "+") + Math.abs(row.change).toFixed(2) + " %"
                color: Theme.ofChange(row.change)
                font.pixelSize: Theme.small
                horizontalAlignment: Text.AlignRight
            }
        }
    }
}
