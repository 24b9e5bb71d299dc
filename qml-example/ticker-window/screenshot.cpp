#include "screenshot.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtGui/QImage>
#include <QtQml/QQmlProperty>
#include <QtQuick/QQuickWindow>

#include <utility>

Screenshot::Screenshot(QQuickWindow *window, const QString &file)
    : QObject(window), m_window(window), m_file(file)
{
}

void Screenshot::takeAfterPrices(int prices)
{
    m_prices = prices;
    QQmlProperty(m_window, QStringLiteral("received")).connectNotifySignal(this, SLOT(check()));
}

void Screenshot::takeAfter(std::chrono::milliseconds time)
{
    QTimer::singleShot(time, this, &Screenshot::take);
}

void Screenshot::check()
{
    // Later, from the event loop: the window has laid the last rows out by then.
    if (m_window->property("received").toInt() >= m_prices)
        QMetaObject::invokeMethod(this, &Screenshot::take, Qt::QueuedConnection);
}

void Screenshot::take()
{
    if (std::exchange(m_taken, true))
        return;
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
