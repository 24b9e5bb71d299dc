// A QSslConfiguration as the engine's TLS takes it, and what the engine's can't do.
#pragma once

#include "connectionoptions.h"
#include "handle.h"

#include <wirebird/websockettls.h>

#ifndef QT_NO_SSL
#  include <QtNetwork/qsslconfiguration.h>
#  include <QtNetwork/qsslsocket.h>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace Wirebird {

using TlsHandle = Handle<wirebird_tls_t, wirebird_tls_release>;

/// Which TLS a program asks for by the environment variable WIREBIRD_TLS or by the
/// dynamic property "wirebirdTls" of `object`: "engine", "qt", or anything else.
enum class TlsWish { Any, Engine, Qt };
TlsWish tlsWishOf(const QObject *object);

/// Whether Qt's TLS can do more for `configuration` than the engine's, which would do.
bool prefersQt(const QSslConfiguration &configuration);
/// What of `configuration` only Qt's TLS can do; empty for nothing.
QString whatNeedsQt(const QSslConfiguration &configuration);

/// Makes the engine's TLS; says why it can't, or nothing.
QString makeTls(Role role, const QSslConfiguration &configuration, const WebSocketTls &options,
                bool withDefaultAlpn, TlsHandle *made);

/// Whether errors of the peer's certificates end a handshake.
bool enforcesTls(Role role, QSslSocket::PeerVerifyMode mode);

} // namespace Wirebird
#endif
