// A window that is animated while messages stream in, for Qt's classes and for ours: counts the
// frames that come too late.
#pragma once

#include "meter.h"
#include "options.h"

#include <QtCore/QUrl>
#include <QtGui/QGuiApplication>
#include <QtNetwork/QAbstractSocket>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>

namespace Bench {

/// Frames of a display with 60 of them per second.
class Frames
{
public:
    using Clock = std::chrono::steady_clock;

    void begin() { m_last = Clock::now(); }
    void add()
    {
        const auto now = Clock::now();
        const double ms = std::chrono::duration<double, std::milli>(now - m_last).count();
        m_last = now;
        ++m_frames;
        m_longest = std::max(m_longest, ms);
        m_missed += std::max(0L, std::lround(ms / frameMs) - 1);
    }
    std::string json() const
    {
        return "\"frames\": " + std::to_string(m_frames) + ", \"missed\": "
            + std::to_string(m_missed) + ", \"longest_ms\": " + std::to_string(m_longest);
    }

private:
    static constexpr double frameMs = 1000.0 / 60;
    Clock::time_point m_last;
    long m_frames = 0;
    long m_missed = 0;
    double m_longest = 0;
};

inline constexpr char animatedWindow[] = R"(
import QtQuick 2.15
import QtQuick.Window 2.15
Window {
    width: 480; height: 320; visible: true
    Rectangle {
        anchors.centerIn: parent; width: 160; height: 160; color: "steelblue"
        NumberAnimation on rotation { from: 0; to: 360; duration: 2000; loops: Animation.Infinite }
    }
}
)";

/// Receives from 127.0.0.1:PORT, the program's only argument, until the server closes.
template <typename Socket>
int runWindow(int argc, char **argv, const QByteArray &library)
{
    QGuiApplication app(argc, argv);
    if (argc != 2)
        fail("usage", "window PORT");
    QQmlEngine engine;
    QQmlComponent component(&engine);
    component.setData(animatedWindow, QUrl());
    const std::unique_ptr<QObject> object(component.create());
    auto *const window = qobject_cast<QQuickWindow *>(object.get());
    if (!window)
        fail("window", qPrintable(component.errorString()));

    Meter meter;
    Frames frames;
    bool isStreaming = false;
    Socket socket;
    QObject::connect(window, &QQuickWindow::frameSwapped, &app, [&] {
        if (isStreaming)
            frames.add();
        else if (socket.state() == QAbstractSocket::UnconnectedState) // drawn for the first time
            socket.open(QUrl(QStringLiteral("ws://127.0.0.1:") + QString::fromLocal8Bit(argv[1])));
    });
    QObject::connect(&socket, &Socket::connected, [&] {
        isStreaming = true;
        meter.begin();
        frames.begin();
    });
    QObject::connect(&socket, &Socket::binaryMessageReceived,
                     [&](const QByteArray &message) { meter.count(std::size_t(message.size())); });
    QObject::connect(&socket, &Socket::disconnected, &app, [&] {
        frames.add(); // the last pause ends here
        isStreaming = false;
        meter.report(library.constData(), frames.json().c_str());
        QCoreApplication::exit();
    });
    return QGuiApplication::exec();
}

} // namespace Bench
