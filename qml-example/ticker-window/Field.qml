// A line of text to type.
import QtQuick 2.15
import QtQuick.Templates 2.15 as T

T.TextField {
    id: field

    implicitWidth: 120
    implicitHeight: 36
    leftPadding: 12
    rightPadding: 12
    color: Theme.text
    placeholderTextColor: Theme.muted
    selectionColor: Theme.accent
    selectedTextColor: Theme.onAccent
    selectByMouse: true
    font.pixelSize: Theme.body
    verticalAlignment: TextInput.AlignVCenter

    background: Rectangle {
        radius: 8
        color: Theme.window
        border.width: field.activeFocus ? 2 : 1
        border.color: field.activeFocus ? Theme.accent : Theme.line
    }

    Text {
        anchors.fill: parent
        anchors.leftMargin: field.leftPadding
        anchors.rightMargin: field.rightPadding
        visible: field.text === ""
        text: field.placeholderText
        color: Theme.muted
        font: field.font
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }
}
