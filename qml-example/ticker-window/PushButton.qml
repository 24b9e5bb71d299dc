// A button with a text.
import QtQuick 2.15
import QtQuick.Templates 2.15 as T

T.Button {
    id: button

    property bool primary: false
    property color colour: primary ? Theme.onAccent : Theme.text
    property color fill: primary ? Theme.accent : Theme.raised

    implicitWidth: implicitContentWidth + 28
    implicitHeight: 34
    opacity: enabled ? 1 : 0.5
    hoverEnabled: true

    background: Rectangle {
        radius: 8
        color: button.down ? Qt.darker(button.fill, 1.15)
             : button.hovered ? Qt.lighter(button.fill, Theme.dark ? 1.15 : 1.03) : button.fill
        border.width: button.visualFocus ? 2 : 0
        border.color: Theme.accent
    }
    contentItem: Text {
        text: button.text
        color: button.colour
        font.pixelSize: Theme.body
        font.weight: Font.Medium
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }
}
