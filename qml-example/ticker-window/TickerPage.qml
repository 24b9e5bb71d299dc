// The prices: a list of symbols, and a chart of one of them.
import QtQuick 2.15
import QtQuick.Layouts 1.15

Item {
    id: page

    required property var feed
    required property var cable

    readonly property bool isWide: width >= 720
    readonly property bool isEmpty: feed.stocks.count === 0
    property string symbol: isEmpty ? "" : feed.stocks.get(0).symbol
    // Follow the row of that symbol.
    property real price: 0
    property real change: 0
    property var points: []

    function follow() {
        const row = feed.rowOf(symbol)
        if (row < 0)
            return
        const stock = feed.stocks.get(row)
        price = stock.price
        change = stock.change
        points = (feed.histories[symbol] || []).slice(-400)
    }

    function range(pick) {
        const prices = points.filter(point => point.price !== null).map(point => point.price)
        return prices.length === 0 ? "–" : pick.apply(null, prices).toFixed(2)
    }

    onSymbolChanged: follow()

    Connections {
        target: page.feed

        function onReceivedChanged() {
            if (page.symbol === "")
                page.symbol = page.feed.stocks.get(0).symbol
            page.follow()
        }
        function onIsLiveChanged() { page.follow() }
    }

    Message {
        anchors.fill: parent
        visible: page.isEmpty
        readonly property bool failed: !page.feed.isLive && page.feed.problem !== ""
        isBusy: !failed
        colour: failed ? Theme.fall : Theme.accent
        title: failed ? qsTr("No prices")
             : page.feed.isLive ? qsTr("Waiting for the first price") : qsTr("Connecting")
        text: failed ? page.cable.target + "\n" + (page.cable.problem || page.feed.problem)
                       + "\n" + page.nextTry()
                     : "" + page.cable.target
        action: failed ? qsTr("Try now") : ""
        onActed: page.feed.tryNow()
    }

    function nextTry() {
        return feed.isGivenUp ? qsTr("It won't be tried again.")
             : feed.secondsLeft > 0 ? qsTr("Attempt %1 in %2 s").arg(feed.attempt)
                                          .arg(feed.secondsLeft.toFixed(1))
             : qsTr("Attempt %1").arg(feed.attempt)
    }

    GridLayout {
        anchors.fill: parent
        visible: !page.isEmpty
        columns: page.isWide ? 2 : 1
        rowSpacing: 12
        columnSpacing: 16

        // The chart comes first on a narrow screen, second on a wide one.
        Rectangle {
            color: Theme.surface
            radius: Theme.radius
            border.color: Theme.line
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.minimumHeight: 200
            Layout.maximumHeight: page.isWide ? Infinity : Math.max(200, page.height * 0.48)
            Layout.column: page.isWide ? 1 : 0
            Layout.row: 0

            ColumnLayout {
                anchors.fill: parent
                anchors.margins: page.isWide ? 20 : 14
                spacing: page.isWide ? 14 : 8

                RowLayout {
                    spacing: 14
                    Layout.fillWidth: true

                    Column {
                        Text {
                            text: page.symbol
                            color: Theme.muted
                            font.pixelSize: Theme.body
                            font.weight: Font.DemiBold
                            font.letterSpacing: 0.6
                        }
                        Row {
                            spacing: 10

                            Text {
                                id: bigPrice

                                text: page.price.toFixed(2)
                                color: Theme.text
                                font.pixelSize: page.isWide ? Theme.huge : Theme.huge - 6
                                font.weight: Font.Bold
                            }
                            Text {
                                anchors.baseline: bigPrice.baseline
                                text: (page.change < 0 ? "\u2212" : "+")
                                      + Math.abs(page.change).toFixed(2) + " %"
                                color: Theme.ofChange(page.change)
                                font.pixelSize: Theme.body
                                font.weight: Font.DemiBold
                            }
                        }
                    }
                    Item { Layout.fillWidth: true }
                    Figure {
                        visible: page.width > 480
                        label: qsTr("Low")
                        value: page.range(Math.min)
                    }
                    Figure {
                        visible: page.width > 480
                        label: qsTr("High")
                        value: page.range(Math.max)
                    }
                    PushButton {
                        visible: page.cable.canBePulled
                        text: page.cable.plugged ? qsTr("Pull the plug") : qsTr("Plug in")
                        primary: !page.cable.plugged
                        onClicked: page.cable.plugged = !page.cable.plugged
                    }
                }

                Rectangle {
                    visible: !page.feed.isLive
                    radius: 8
                    color: Theme.translucent(Theme.warn, 0.14)
                    implicitHeight: 44
                    Layout.fillWidth: true

                    RowLayout {
                        anchors.fill: parent
                        anchors.leftMargin: 14
                        anchors.rightMargin: 6
                        spacing: 10

                        Text {
                            text: page.isWide ? qsTr("Connection lost. %1").arg(page.nextTry())
                                              : page.nextTry()
                            color: Theme.warn
                            font.pixelSize: Theme.body
                            font.weight: Font.Medium
                            elide: Text.ElideRight
                            Layout.fillWidth: true
                        }
                        PushButton {
                            text: qsTr("Try now")
                            onClicked: page.feed.tryNow()
                        }
                    }
                }

                Chart {
                    points: page.points
                    colour: page.change < 0 ? Theme.fall : Theme.rise
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                }
            }
        }

        Rectangle {
            color: Theme.surface
            radius: Theme.radius
            border.color: Theme.line
            Layout.fillWidth: !page.isWide
            Layout.preferredWidth: page.isWide ? 310 : -1
            Layout.fillHeight: true
            Layout.column: 0
            Layout.row: page.isWide ? 0 : 1

            ListView {
                id: list

                anchors.fill: parent
                anchors.margins: 6
                model: page.feed.stocks
                clip: true
                spacing: 2
                boundsBehavior: Flickable.StopAtBounds

                delegate: StockRow {
                    // How many there are: changes with each.
                    required property int count

                    width: list.width
                    isCurrent: symbol === page.symbol
                    isStale: !page.feed.isLive
                    points: (count, (page.feed.histories[symbol] || []).slice(-60))
                    onClicked: page.symbol = symbol
                }
            }
        }
    }
}
