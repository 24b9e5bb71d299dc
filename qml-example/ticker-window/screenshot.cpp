#include "screenshot.h"

#include "tickermodel.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QImage>
#include <QtQuick/QQuickWindow>

Screenshot::Screenshot(QQuickWindow *window, TickerModel *ticker, int prices, const QString &file)
    : QObject(ticker), m_window(window), m_ticker(ticker), m_prices(prices), m_file(file)
{
    connect(ticker, &TickerModel::receivedChanged, this, &Screenshot::check);
}

void Screenshot::check()
{
    if (m_ticker->received() < m_prices || m_taken)
        return;
    m_taken = true;
    // Later, from the event loop: the window has laid the last rows out by then.
    QMetaObject::invokeMethod(this, &Screenshot::take, Qt::QueuedConnection);
}

void Screenshot::take()
{
    if (!m_file.isEmpty()) {
        const QImage image = m_window->grabWindow();
        if (image.isNull() || !image.save(m_file)) {
            qWarning("No picture could be saved as %ls.", qUtf16Printable(m_file));
            QCoreApplication::exit(1);
            return;
        }
    }
    QCoreApplication::exit(0);
}
