// Why a connection is closed for what the peer sent, in Qt WebSockets' words.
#include "qtreasons.h"

#include "convert.h"

namespace Wirebird {

QString qtReason(const wirebird_event_t &event)
{
    if (event.status == WIREBIRD_ERROR_TIMEOUT)
        return QStringLiteral("Timeout when reading data from socket.");
    switch (event.detail) {
    case WIREBIRD_VIOLATION_RESERVED_BITS:
        return QStringLiteral("Rsv field is non-zero");
    case WIREBIRD_VIOLATION_RESERVED_OPCODE:
        return QStringLiteral("Used reserved opcode");
    case WIREBIRD_VIOLATION_LENGTH_NOT_MINIMAL:
        return QStringLiteral("Lengths smaller than 126 must be expressed as one byte.");
    case WIREBIRD_VIOLATION_FRAGMENTED_CONTROL:
        return QStringLiteral("Control frames cannot be fragmented");
    case WIREBIRD_VIOLATION_CONTROL_TOO_LONG:
        return QStringLiteral("Control frame is larger than 125 bytes");
    case WIREBIRD_VIOLATION_NOTHING_TO_CONTINUE:
        return QStringLiteral(
            "Received Continuation frame, while there is nothing to continue.");
    case WIREBIRD_VIOLATION_INTERRUPTED_MESSAGE:
        return QStringLiteral("All data frames after the initial data frame must have opcode 0 "
                              "(continuation).");
    case WIREBIRD_VIOLATION_INVALID_TEXT:
    case WIREBIRD_VIOLATION_INVALID_REASON:
        return QStringLiteral("Invalid UTF-8 code encountered.");
    case WIREBIRD_VIOLATION_CLOSE_CODE: {
        QString number;
        for (const QChar c : toString(event.message)) {
            if (c.isDigit())
                number += c;
        }
        return QStringLiteral("Invalid close code %1 detected.").arg(number);
    }
    case WIREBIRD_VIOLATION_FRAME_TOO_LARGE:
        return QStringLiteral("Maximum framesize exceeded.");
    case WIREBIRD_VIOLATION_MESSAGE_TOO_LARGE:
        return QStringLiteral("Received message is too big.");
    default:
        return toString(event.message);
    }
}

QString qtAcceptKeyError(const QString &message)
{
    const QStringList parts = message.split(QLatin1Char('"'));
    return QStringLiteral("Accept-Key received from server %1 does not match the client key %2.")
        .arg(parts.value(1), parts.value(3));
}

} // namespace Wirebird
