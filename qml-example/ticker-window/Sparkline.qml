// The last prices of a symbol as a line.
import QtQuick 2.15

Canvas {
    id: sparkline

    // [{ time, price }, …]; price is null where the connection was lost.
    property var points: []
    property color colour: Theme.muted

    onPointsChanged: requestPaint()
    onColourChanged: requestPaint()
    onWidthChanged: requestPaint()

    onPaint: {
        const context = getContext("2d")
        context.clearRect(0, 0, width, height)
        const shown = points.filter(point => point.price !== null).slice(-40)
        if (shown.length < 2)
            return
        let low = Infinity
        let high = -Infinity
        for (const point of shown) {
            low = Math.min(low, point.price)
            high = Math.max(high, point.price)
        }
        const range = Math.max(high - low, high * 0.001)
        context.beginPath()
        for (let i = 0; i < shown.length; ++i) {
            const x = 2 + (width - 4) * i / (shown.length - 1)
            const y = height - 3 - (height - 6) * (shown[i].price - low) / range
            if (i === 0)
                context.moveTo(x, y)
            else
                context.lineTo(x, y)
        }
        context.strokeStyle = colour
        context.lineWidth = 1.6
        context.lineJoin = "round"
        context.stroke()
    }
}
