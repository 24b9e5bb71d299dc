// One symbol: its price and how it changed, green after a rise and red after a fall.
import QtQuick 2.15
import QtQuick.Layouts 1.15

Rectangle {
    id: row

    required property string symbol
    required property real price
    required property real change
    required property int direction

    readonly property color accent: direction > 0 ? "#37c978"
                                  : direction < 0 ? "#f0616d" : "#9aa4b2"

    height: 52
    radius: 8
    color: "#1d232d"

    Rectangle {
        width: 4
        height: parent.height - 20
        radius: 2
        anchors.left: parent.left
        anchors.leftMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        color: row.accent
    }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 24
        anchors.rightMargin: 16
        spacing: 12

        Text {
            text: row.symbol
            color: "#f2f4f8"
            font.pixelSize: 16
            font.weight: Font.Medium
            Layout.fillWidth: true
        }
        Text {
            text: (row.change < 0 ? "\u2212" : "+") + Math.abs(row.change).toFixed(2) + " %"
            color: row.change < 0 ? "#f0616d" : row.change > 0 ? "#37c978" : "#9aa4b2"
            font.pixelSize: 13
        }
        Text {
            text: row.price.toFixed(2)
            color: row.accent
            font.pixelSize: 18
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignRight
            Layout.preferredWidth: 80
        }
    }
}
