// The window: a heading with the state of the connection, and two pages.
import QtQuick 2.15
import QtQuick.Layouts 1.15
import QtQuick.Window 2.15

Window {
    id: window

    required property var cable
    required property var login
    property string page: "ticker"
    property alias theme: themeChoice.current
    property alias visitors: serverPage.visitors
    readonly property int received: feed.received

    readonly property bool isWide: width >= 720
    readonly property int edge: isWide ? 20 : 12

    width: 980
    height: 640
    minimumWidth: 320
    minimumHeight: 480
    visible: true
    title: qsTr("Wirebird ticker")
    color: Theme.window

    Feed {
        id: feed

        url: window.cable.url
        login: window.login
        onNoteReceived: function (note) { toast.show(note) }
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: window.edge
        spacing: window.isWide ? 16 : 10

        GridLayout {
            columns: window.isWide ? 3 : 2
            columnSpacing: 16
            rowSpacing: 10
            Layout.fillWidth: true

            RowLayout {
                spacing: 12
                Layout.fillWidth: true

                Text {
                    visible: window.isWide
                    text: qsTr("Wirebird ticker")
                    color: Theme.text
                    font.pixelSize: Theme.large + 2
                    font.weight: Font.Bold
                }
                Rectangle {
                    id: pill

                    readonly property color colour: feed.isLive ? Theme.rise
                                                  : feed.isGivenUp ? Theme.fall : Theme.warn

                    implicitWidth: pillRow.implicitWidth + 22
                    implicitHeight: 28
                    radius: 14
                    color: Theme.translucent(colour, 0.14)

                    Row {
                        id: pillRow

                        anchors.centerIn: parent
                        spacing: 8

                        Rectangle {
                            width: 8
                            height: 8
                            radius: 4
                            color: pill.colour
                            anchors.verticalCenter: parent.verticalCenter
                        }
                        Text {
                            text: feed.isLive ? qsTr("Live")
                                : feed.wantsLogin ? qsTr("Logged out")
                                : feed.isGivenUp ? qsTr("Offline")
                                : feed.attempt > 0 && feed.received > 0 ? qsTr("Reconnecting")
                                : feed.attempt > 0 ? qsTr("Trying again") : qsTr("Connecting")
                            color: pill.colour
                            font.pixelSize: Theme.body
                            font.weight: Font.DemiBold
                        }
                    }
                }
                Text {
                    visible: feed.isLive
                    text: (feed.roundTripTime > 0
                           ? qsTr("%1 ms").arg(feed.roundTripTime.toFixed(1))
                             + (window.width > 440 ? "  ·  " : "") : "")
                          + (window.width > 440 ? qsTr("%1 / s").arg(feed.perSecond) : "")
                    color: Theme.muted
                    font.pixelSize: Theme.body
                    elide: Text.ElideRight
                    Layout.fillWidth: true
                }
                Item {
                    visible: !feed.isLive
                    Layout.fillWidth: true
                }
            }
            Segments {
                choices: [{ name: "ticker", text: qsTr("Prices") },
                          { name: "server", text: qsTr("Server") }]
                current: window.page
                onChosen: function (name) { window.page = name }
            }
            Segments {
                id: themeChoice

                choices: [{ name: "system", text: qsTr("Auto") },
                          { name: "light", text: qsTr("Light") },
                          { name: "dark", text: qsTr("Dark") }]
                current: "system"
                visible: window.isWide
                onCurrentChanged: Theme.choice = current
                onChosen: function (name) { current = name }
            }
        }

        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true

            TickerPage {
                anchors.fill: parent
                visible: window.page === "ticker" && !loginPage.visible
                feed: feed
                cable: window.cable
            }
            LoginPage {
                id: loginPage

                anchors.fill: parent
                // Not for a moment only, where the login is known.
                visible: window.page === "ticker" && feed.wantsLogin
                         && (!window.login.canLogIn || (window.login.busy && feed.received === 0))
                login: window.login
                cable: window.cable
            }
            ServerPage {
                id: serverPage

                anchors.fill: parent
                visible: window.page === "server"
                feed: feed
            }
        }

        Segments {
            visible: !window.isWide
            choices: themeChoice.choices
            current: themeChoice.current
            Layout.alignment: Qt.AlignHCenter
            onChosen: function (name) { themeChoice.current = name }
        }
    }

    // What a server's note says, for some seconds.
    Rectangle {
        id: toast

        function show(note) {
            toastText.text = note
            opacity = 1
            away.restart()
        }

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 28
        width: Math.min(toastText.implicitWidth + 36, parent.width - 32)
        height: 44
        radius: 22
        color: Theme.text
        opacity: 0
        visible: opacity > 0

        Behavior on opacity {
            NumberAnimation { duration: 200 }
        }
        Text {
            id: toastText

            anchors.fill: parent
            anchors.leftMargin: 18
            anchors.rightMargin: 18
            color: Theme.window
            font.pixelSize: Theme.body
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            elide: Text.ElideRight
        }
        Timer {
            id: away

            interval: 5000
            onTriggered: toast.opacity = 0
        }
    }
}
