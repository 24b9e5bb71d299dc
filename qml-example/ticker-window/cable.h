// A cable between the window and the server that can be pulled.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QThread>
#include <QtCore/QUrl>

class Relay;

class Cable : public QObject
{
    Q_OBJECT
    // The server.
    Q_PROPERTY(QUrl target READ target CONSTANT)
    // The near end. Only ws:// goes through the cable: wss:// wants the server's own name.
    Q_PROPERTY(QUrl url READ url CONSTANT)
    Q_PROPERTY(bool canBePulled READ canBePulled CONSTANT)
    // Why the far end can't be reached.
    Q_PROPERTY(QString problem READ problem NOTIFY problemChanged)
    Q_PROPERTY(bool plugged READ isPlugged WRITE setPlugged NOTIFY pluggedChanged)

public:
    explicit Cable(const QUrl &target, QObject *parent = nullptr);
    ~Cable() override;

    QUrl target() const { return m_target; }
    QUrl url() const { return m_url; }
    bool canBePulled() const { return m_url != m_target; }
    bool isPlugged() const { return m_isPlugged; }
    void setPlugged(bool plugged);
    QString problem() const { return m_problem; }

Q_SIGNALS:
    void pluggedChanged();
    void problemChanged();

private:
    const QUrl m_target;
    QUrl m_url;
    QThread m_thread; // The relay's, which a window that draws must not slow down.
    Relay *m_relay;
    QString m_problem;
    bool m_isPlugged = true;
};
