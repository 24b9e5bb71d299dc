// Keeps a picture of the window and quits, once enough prices have been shown.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

class QQuickWindow;
class TickerModel;

class Screenshot : public QObject
{
    Q_OBJECT

public:
    Screenshot(QQuickWindow *window, TickerModel *ticker, int prices, const QString &file);

private:
    void check();
    void take();

    QQuickWindow *const m_window;
    TickerModel *const m_ticker;
    const int m_prices;
    const QString m_file;
    bool m_taken = false;
};
