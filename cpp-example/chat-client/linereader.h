// The lines that a person types, without making the event loop wait for them.
#pragma once

#include <QtCore/QFile>
#include <QtCore/QThread>

class LineReader : public QThread
{
    Q_OBJECT

Q_SIGNALS:
    // From this thread: connected objects get them on theirs.
    void line(const QString &text);
    void end();

protected:
    void run() override
    {
        QFile input;
        if (input.open(0, QIODevice::ReadOnly | QIODevice::Text)) {
            for (;;) {
                const QByteArray text = input.readLine();
                if (text.isEmpty())
                    break;
                emit line(QString::fromUtf8(text).trimmed());
            }
        }
        emit end();
    }
};
