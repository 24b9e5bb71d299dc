// One of a few things to choose from, side by side.
import QtQuick 2.15
import QtQuick.Templates 2.15 as T

Rectangle {
    id: segments

    // [{ name, text }, …]
    property var choices: []
    property string current: ""
    signal chosen(string name)

    implicitWidth: row.implicitWidth + 6
    implicitHeight: 36
    radius: 10
    color: Theme.raised

    Row {
        id: row

        anchors.centerIn: parent
        spacing: 2

        Repeater {
            model: segments.choices

            T.AbstractButton {
                id: segment

                required property var modelData
                readonly property bool isCurrent: segments.current === modelData.name

                text: modelData.text
                implicitWidth: implicitContentWidth + 24
                implicitHeight: 30
                checked: isCurrent
                onClicked: segments.chosen(modelData.name)
                Accessible.role: Accessible.RadioButton
                Accessible.name: text

                background: Rectangle {
                    radius: 8
                    color: segment.isCurrent ? Theme.surface : "transparent"
                    border.width: segment.visualFocus ? 2 : 0
                    border.color: Theme.accent
                }
                contentItem: Text {
                    text: segment.text
                    color: segment.isCurrent ? Theme.text : Theme.muted
                    font.pixelSize: Theme.body
                    font.weight: segment.isCurrent ? Font.DemiBold : Font.Normal
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                }
            }
        }
    }
}
