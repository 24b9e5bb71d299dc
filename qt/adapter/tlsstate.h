// What a WebSocket is set to and knows about TLS.
#pragma once

#include "qttls.h"
#include "tlsconfiguration.h"
#include "tlserrors.h"

#include <QtCore/qpointer.h>

#ifndef QT_NO_SSL
#  include <optional>

namespace Wirebird {

/// The errors that a program wants to be ignored.
class IgnoredErrors
{
public:
    void addAll() { m_all = true; }
    void set(const QList<QSslError> &errors) { m_errors = errors; }
    void clear() { *this = IgnoredErrors(); }

    bool areAll() const { return m_all; }
    QList<QSslError> list() const { return m_errors; }

    /// Whether each of `errors` is: the same error of the same certificate.
    bool covers(const QList<QSslError> &errors) const
    {
        if (m_all)
            return true;
        for (const QSslError &error : errors) {
            if (!m_errors.contains(error))
                return false;
        }
        return true;
    }

private:
    bool m_all = false;
    QList<QSslError> m_errors;
};

struct TlsState
{
    std::optional<QSslConfiguration> configuration; ///< As set; none for the default.
    WebSocketTls options;

    /// The engine's, kept for its sessions as long as nothing is set anew.
    TlsHandle engine;
    std::optional<QSslConfiguration> engineConfiguration;
    WebSocketTls engineOptions;

    /// Qt's, from open() on, while the connection lives.
    QPointer<QtTls> qt;
    /// What Qt's told last.
    std::optional<QSslConfiguration> negotiated;

    TlsFacts facts;
    QList<QSslError> errors; ///< Of the handshake under way.
    IgnoredErrors ignored; ///< In every handshake.
    IgnoredErrors ignoredNow; ///< In the one under way.
    bool isAsking = false; ///< Slots are told of errors.
    bool isPaused = false; ///< Until resume().
    bool isContinued = false; ///< By a slot of handshakeInterruptedOnError().
};

} // namespace Wirebird
#endif
