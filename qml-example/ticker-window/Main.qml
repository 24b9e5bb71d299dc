// The window: a heading, the prices, and the state of the connection.
import QtQuick 2.15
import QtQuick.Controls 2.15
import QtQuick.Layouts 1.15

ApplicationWindow {
    id: window

    required property var ticker

    width: 420
    height: 480
    visible: true
    title: qsTr("Wirebird ticker")
    color: "#14181f"

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: 20
        spacing: 14

        RowLayout {
            Layout.fillWidth: true

            Label {
                text: qsTr("Live prices")
                color: "#f2f4f8"
                font.pixelSize: 24
                font.weight: Font.DemiBold
                Layout.fillWidth: true
            }
            Label {
                text: qsTr("%1 received").arg(window.ticker.received)
                color: "#7d8796"
                font.pixelSize: 13
            }
        }

        ListView {
            model: window.ticker
            spacing: 6
            clip: true
            Layout.fillWidth: true
            Layout.fillHeight: true

            delegate: StockRow {
                width: ListView.view.width
            }
        }

        RowLayout {
            spacing: 8

            Rectangle {
                width: 10
                height: 10
                radius: 5
                color: window.ticker.connected ? "#37c978" : "#f0616d"
            }
            Label {
                text: window.ticker.status
                color: "#7d8796"
                font.pixelSize: 13
                elide: Text.ElideRight
                Layout.fillWidth: true
            }
        }
    }
}
