// Colours and sizes of text. Dark or light as the system is, or as chosen.
pragma Singleton
import QtQuick 2.15

QtObject {
    id: theme

    // "system", "light" or "dark".
    property string choice: "system"
    readonly property SystemPalette system: SystemPalette { }
    readonly property bool systemIsDark: luminance(system.window) < 0.5
    readonly property bool dark: choice === "dark" || (choice === "system" && systemIsDark)

    readonly property color window: dark ? "#0e1218" : "#f3f5f8"
    readonly property color surface: dark ? "#161c25" : "#ffffff"
    readonly property color raised: dark ? "#212a37" : "#e9edf3"
    readonly property color line: dark ? "#263040" : "#dde3ea"
    readonly property color text: dark ? "#eef2f7" : "#16202c"
    readonly property color muted: dark ? "#8d99aa" : "#5d6a7c"
    readonly property color accent: dark ? "#5aa6ff" : "#1766cf"
    readonly property color onAccent: dark ? "#08131f" : "#ffffff"
    readonly property color rise: dark ? "#33cc93" : "#0a8256"
    readonly property color fall: dark ? "#ff7380" : "#c8323f"
    readonly property color warn: dark ? "#f5bd4f" : "#8f5f00"

    readonly property int small: 12
    readonly property int body: 14
    readonly property int large: 18
    readonly property int huge: 32
    readonly property int radius: 12

    function luminance(colour) {
        return 0.299 * colour.r + 0.587 * colour.g + 0.114 * colour.b
    }

    function ofChange(change) {
        return change > 0 ? rise : change < 0 ? fall : muted
    }

    function translucent(colour, opacity) {
        return Qt.rgba(colour.r, colour.g, colour.b, opacity)
    }
}
