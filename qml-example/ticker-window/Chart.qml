// The prices of a symbol over the last minute, or since there are some, moving on with time.
// Where the connection was lost there is a gap.
import QtQuick 2.15

Canvas {
    id: chart

    // [{ time, price }, …]; price is null where the connection was lost.
    property var points: []
    property color colour: Theme.accent
    property int longest: 60
    property int shortest: 10
    property bool isMoving: true

    readonly property int axis: 58
    readonly property color grid: Theme.line
    readonly property color labels: Theme.muted

    onPointsChanged: requestPaint()
    onWidthChanged: requestPaint()
    onHeightChanged: requestPaint()
    onGridChanged: requestPaint()

    Timer {
        interval: 50
        repeat: true
        running: chart.visible && chart.isMoving
        onTriggered: chart.requestPaint()
    }

    // A step of the scale that reads well: 1, 2 or 5 times a power of ten.
    function niceStep(range, count) {
        const rough = range / count
        const power = Math.pow(10, Math.floor(Math.log(rough) / Math.LN10))
        const part = rough / power
        return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10)
    }

    onPaint: {
        const context = getContext("2d")
        context.clearRect(0, 0, width, height)
        const right = width - axis
        const bottom = height - 22
        const now = Date.now()
        const age = points.length > 0 ? (now - points[0].time) / 1000 : 0
        const seconds = Math.max(shortest, Math.min(longest, age))
        const start = now - seconds * 1000
        let first = points.findIndex(point => point.time >= start)
        if (first < 0)
            first = points.length
        const shown = points.slice(Math.max(first - 1, 0))
        const prices = shown.filter(point => point.price !== null).map(point => point.price)
        if (prices.length === 0 || right < 20)
            return

        let low = Math.min.apply(null, prices)
        let high = Math.max.apply(null, prices)
        const room = Math.max((high - low) * 0.15, high * 0.002)
        low -= room
        high += room
        const toX = time => right * (time - start) / (seconds * 1000)
        const toY = price => 8 + (bottom - 8) * (high - price) / (high - low)

        // The scale.
        context.font = "11px sans-serif"
        context.textBaseline = "middle"
        context.lineWidth = 1
        const step = niceStep(high - low, Math.max(2, Math.floor(bottom / 40)))
        const digits = Math.max(0, Math.min(3, Math.ceil(-Math.log(step) / Math.LN10)))
        for (let price = Math.ceil(low / step) * step; price < high; price += step) {
            const y = Math.round(toY(price)) + 0.5
            context.strokeStyle = grid
            context.beginPath()
            context.moveTo(0, y)
            context.lineTo(right, y)
            context.stroke()
            if (Math.abs(y - toY(prices[prices.length - 1])) < 16)
                continue // the price now is written there
            context.fillStyle = labels
            context.textAlign = "left"
            context.fillText(price.toFixed(digits), right + 10, y)
        }
        context.textAlign = "center"
        const every = niceStep(seconds, Math.max(2, right / 110))
        for (let ago = every; ago < seconds; ago += every)
            context.fillText("−" + ago + " s", right * (1 - ago / seconds), bottom + 13)

        // Gaps, and the lines between them.
        let line = []
        const drawLine = function () {
            if (line.length === 0)
                return
            context.beginPath()
            context.moveTo(line[0].x, line[0].y)
            for (let i = 1; i < line.length; ++i)
                context.lineTo(line[i].x, line[i].y)
            context.strokeStyle = colour
            context.lineWidth = 2
            context.lineJoin = "round"
            context.stroke()
            context.lineTo(line[line.length - 1].x, bottom)
            context.lineTo(line[0].x, bottom)
            context.closePath()
            const fill = context.createLinearGradient(0, 0, 0, bottom)
            fill.addColorStop(0, Theme.translucent(colour, 0.26))
            fill.addColorStop(1, Theme.translucent(colour, 0))
            context.fillStyle = fill
            context.fill()
        }
        context.save()
        context.beginPath()
        context.rect(0, 0, right, bottom)
        context.clip()
        let lostAt = 0
        let last = null
        for (const point of shown) {
            if (point.price === null) {
                if (last !== null)
                    line.push({ x: toX(point.time), y: toY(last) })
                drawLine()
                line = []
                lostAt = point.time
                continue
            }
            if (lostAt) {
                context.fillStyle = Theme.translucent(Theme.warn, 0.10)
                context.fillRect(toX(lostAt), 0, toX(point.time) - toX(lostAt), bottom)
                lostAt = 0
            } else if (last !== null) {
                line.push({ x: toX(point.time), y: toY(last) })
            }
            line.push({ x: toX(point.time), y: toY(point.price) })
            last = point.price
        }
        if (lostAt) {
            context.fillStyle = Theme.translucent(Theme.warn, 0.10)
            context.fillRect(toX(lostAt), 0, right - toX(lostAt), bottom)
        } else {
            line.push({ x: right, y: toY(last) })
        }
        drawLine()
        context.restore()

        // The price now.
        const y = toY(last)
        context.fillStyle = lostAt ? Theme.muted : colour
        context.beginPath()
        context.arc(right, y, 4, 0, 2 * Math.PI)
        context.fill()
        const text = last.toFixed(2)
        const textWidth = context.measureText(text).width + 10
        context.fillRect(right + 6, y - 9, textWidth, 18)
        context.fillStyle = Theme.dark ? "#08131f" : "#ffffff"
        context.textAlign = "left"
        context.fillText(text, right + 11, y)
    }
}
