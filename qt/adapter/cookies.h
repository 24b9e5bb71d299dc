// A QNetworkCookieJar at an opening handshake.
#pragma once

#include "handle.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qpair.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtNetwork/qnetworkrequest.h>

namespace Wirebird {

using CookieJarHandle = Handle<wirebird_cookie_jar_t, wirebird_cookie_jar_release>;

/// Lends the jar's cookies to the engine for one handshake, and brings back those that
/// its responses set. On the jar's thread.
class Cookies
{
public:
    Cookies() = default;
    Q_DISABLE_COPY(Cookies)

    QNetworkCookieJar *jar() const { return m_jar; }
    void setJar(QNetworkCookieJar *jar) { m_jar = jar; }

    /// A jar of the engine's with the cookies for a request; id 0 if it is to have none.
    /// Good for one opening, which keeps it.
    void lend(const QNetworkRequest &request, CookieJarHandle *jar);

    /// What has been answered so far, but for the last response.
    void takeResponses(wirebird_connection_t connection);
    /// What a server answered at `url`.
    void take(const QUrl &url, const QList<QPair<QByteArray, QByteArray>> &headers);

private:
    bool isUsable() const;

    QPointer<QNetworkCookieJar> m_jar;
    bool m_isSaving = true;
    size_t m_taken = 0;
};

} // namespace Wirebird
