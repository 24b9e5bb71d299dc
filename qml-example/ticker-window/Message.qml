// What is shown where there is nothing to show: why, and what can be done.
import QtQuick 2.15

Item {
    id: message

    property string title
    property string text
    property string action
    property color colour: Theme.muted
    property bool isBusy: false
    signal acted

    Column {
        anchors.centerIn: parent
        width: Math.min(parent.width - 32, 380)
        spacing: 10

        Item {
            width: 56
            height: 56
            anchors.horizontalCenter: parent.horizontalCenter

            Rectangle {
                anchors.fill: parent
                radius: width / 2
                color: Theme.translucent(message.colour, 0.14)
            }
            Rectangle {
                id: dot

                anchors.centerIn: parent
                width: 14
                height: 14
                radius: 7
                color: message.colour

                SequentialAnimation on scale {
                    running: message.isBusy && message.visible
                    loops: Animation.Infinite
                    onStopped: dot.scale = 1
                    NumberAnimation { from: 1; to: 1.7; duration: 600; easing.type: Easing.InOutSine }
                    NumberAnimation { from: 1.7; to: 1; duration: 600; easing.type: Easing.InOutSine }
                }
            }
        }
        Text {
            width: parent.width
            text: message.title
            color: Theme.text
            font.pixelSize: Theme.large
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
        Text {
            width: parent.width
            visible: text !== ""
            text: message.text
            color: Theme.muted
            font.pixelSize: Theme.body
            lineHeight: 1.25
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
        PushButton {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: message.action !== ""
            text: message.action
            onClicked: message.acted()
        }
    }
}
