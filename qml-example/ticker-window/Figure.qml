// A figure and what it says.
import QtQuick 2.15

Column {
    id: figure

    property string label
    property string value
    property color colour: Theme.text

    spacing: 1

    Text {
        text: figure.label
        color: Theme.muted
        font.pixelSize: Theme.small
    }
    Text {
        text: figure.value
        color: figure.colour
        font.pixelSize: Theme.body
        font.weight: Font.DemiBold
    }
}
