// Which handler a request is for.
#pragma once

#include "http_p.h"

#include <wirebird/websocketserver.h>

#include <QtCore/qstringlist.h>

#include <memory>
#include <vector>

namespace Wirebird {

class HttpRouter
{
public:
    void add(const QString &path, HttpMethods methods, HttpDeferredHandler handler);
    void addFiles(const QString &prefix, const QString &directory);
    bool isEmpty() const { return m_routes.empty(); }

    /// Answers a request, or hands it to its handler; false if no path fits. A
    /// handler may destroy the router's owner, which is why it is shared.
    static bool serve(const std::shared_ptr<const HttpRouter> &router, HttpResponder *responder);

private:
    struct Route
    {
        QStringList segments;
        HttpMethods methods;
        HttpDeferredHandler handler; ///< Or else files are served.
        QByteArray directory;
    };

    std::vector<std::shared_ptr<const Route>> m_routes;
};

} // namespace Wirebird
