// Versions and close codes of the WebSocket protocol (RFC 6455).
#pragma once

#include "qwebsockets_global.h"

#include <QtCore/qglobal.h>

QT_BEGIN_NAMESPACE

class QString;

namespace QWebSocketProtocol {

/// Versions of the protocol. 13, that of RFC 6455, is the one spoken.
enum Version : int {
    VersionUnknown = -1,
    Version0 = 0,
    Version4 = 4,
    Version5 = 5,
    Version6 = 6,
    Version7 = 7,
    Version8 = 8,
    Version13 = 13,
    VersionLatest = Version13
};

/// Why a connection closes (RFC 6455 section 7.4). 3000 to 4999 are free for
/// frameworks and applications: cast them.
/// Any number from 0 to 65,535 may come, not just those that have names.
enum CloseCode : int {
    CloseCodeNormal = 1000,
    CloseCodeGoingAway = 1001,
    CloseCodeProtocolError = 1002,
    CloseCodeDatatypeNotSupported = 1003,
    CloseCodeReserved1004 = 1004,
    CloseCodeMissingStatusCode = 1005,     ///< The peer's Close had no code.
    CloseCodeAbnormalDisconnection = 1006, ///< TCP ended without a Close.
    CloseCodeWrongDatatype = 1007,
    CloseCodePolicyViolated = 1008,
    CloseCodeTooMuchData = 1009,
    CloseCodeMissingExtension = 1010,
    CloseCodeBadOperation = 1011,
    CloseCodeTlsHandshakeFailed = 1015
};

} // namespace QWebSocketProtocol

QT_END_NAMESPACE
