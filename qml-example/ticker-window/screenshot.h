// Keeps a picture of the window and quits: once enough prices have been shown, or after a time.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

#include <chrono>

class QQuickWindow;

class Screenshot : public QObject
{
    Q_OBJECT

public:
    // The window counts prices in its property "received".
    Screenshot(QQuickWindow *window, const QString &file);

    void takeAfterPrices(int prices);
    void takeAfter(std::chrono::milliseconds time);

private Q_SLOTS:
    void check();
    void take();

private:
    QQuickWindow *const m_window;
    const QString m_file;
    int m_prices = 0;
    bool m_taken = false;
};
