// Who are you? Shown where the server wants to know.
import QtQuick 2.15
import QtQuick.Layouts 1.15

Item {
    id: page

    required property var login
    required property var cable

    function enter() {
        if (name.text !== "" && password.text !== "" && !page.login.busy)
            page.login.setUser(name.text, password.text)
    }

    onVisibleChanged: if (visible) (name.text === "" ? name : password).forceActiveFocus()

    Rectangle {
        anchors.centerIn: parent
        width: Math.min(parent.width, 360)
        height: form.implicitHeight + 52
        color: Theme.surface
        radius: Theme.radius
        border.color: Theme.line

        ColumnLayout {
            id: form

            anchors.centerIn: parent
            width: parent.width - 52
            spacing: 12

            Text {
                text: qsTr("Log in")
                color: Theme.text
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
            }
            Text {
                text: "" + page.cable.target
                color: Theme.muted
                font.pixelSize: Theme.small
                elide: Text.ElideMiddle
                Layout.fillWidth: true
            }
            Field {
                id: name

                text: page.login.user
                placeholderText: qsTr("Name")
                Layout.fillWidth: true
                onAccepted: password.forceActiveFocus()
            }
            Field {
                id: password

                placeholderText: qsTr("Password")
                echoMode: TextInput.Password
                Layout.fillWidth: true
                onAccepted: page.enter()
            }
            Text {
                visible: text !== ""
                text: page.login.problem
                color: Theme.fall
                font.pixelSize: Theme.body
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
            PushButton {
                text: page.login.busy ? qsTr("Logging in …") : qsTr("Log in")
                primary: true
                enabled: name.text !== "" && password.text !== "" && !page.login.busy
                Layout.fillWidth: true
                onClicked: page.enter()
            }
        }
    }
}
