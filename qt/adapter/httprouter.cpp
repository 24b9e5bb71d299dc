// Which handler a request is for.
#include "httprouter.h"

#include <QtCore/qdebug.h>
#include <QtCore/qfile.h>

#include <exception>

namespace Wirebird {
namespace {

const QString rest = QStringLiteral("*");

struct Method
{
    const char *name;
    HttpMethod method;
};

constexpr Method methods[] = {
    {"GET", HttpMethod::Get},       {"HEAD", HttpMethod::Head},
    {"POST", HttpMethod::Post},     {"PUT", HttpMethod::Put},
    {"PATCH", HttpMethod::Patch},   {"DELETE", HttpMethod::Delete},
    {"OPTIONS", HttpMethod::Options},
};

/// Whether a route that takes `wanted` takes `method`. HEAD is a GET without a body.
bool takes(HttpMethods wanted, const QByteArray &method)
{
    if (wanted == HttpMethods(HttpMethod::Any))
        return true;
    for (const Method &known : methods) {
        if (method == known.name)
            return wanted.testFlag(known.method)
                || (known.method == HttpMethod::Head && wanted.testFlag(HttpMethod::Get));
    }
    return false;
}

void name(HttpMethods wanted, QByteArrayList *allowed)
{
    for (const Method &known : methods) {
        if (takes(wanted, known.name) && !allowed->contains(known.name))
            allowed->append(known.name);
    }
}

QString decoded(const QByteArray &text)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text));
}

/// The parameters of a path that fits a route; false if it does not. `behind`
/// receives what the asterisk stands for, as it was sent.
bool fits(const QStringList &segments, const QList<QByteArray> &path,
          QMap<QString, QString> *parameters, QByteArray *behind)
{
    for (int i = 0; i < segments.size(); ++i) {
        const QString &segment = segments.at(i);
        if (segment == rest && i + 1 == segments.size()) {
            *behind = path.mid(i).join('/');
            parameters->insert(rest, decoded(*behind));
            return true;
        }
        if (i >= path.size())
            return false;
        const QString found = decoded(path.at(i));
        if (segment.size() > 1 && segment.startsWith(QLatin1Char(':'))) {
            if (found.isEmpty())
                return false;
            parameters->insert(segment.mid(1), found);
        } else if (segment != found) {
            return false;
        }
    }
    return segments.size() == path.size();
}

/// Calls a handler, which must not throw into the event loop.
void call(const HttpDeferredHandler &handler, HttpResponder responder)
{
    try {
        handler(std::move(responder));
    } catch (const std::exception &exception) {
        // Whoever has the responder answers, or its end does: with 500.
        qCritical("Wirebird: a handler of HTTP requests has thrown: %s", exception.what());
    } catch (...) {
        qCritical("Wirebird: a handler of HTTP requests has thrown");
    }
}

} // namespace

void HttpRouter::add(const QString &path, HttpMethods wanted, HttpDeferredHandler handler)
{
    const Route route{path.split(QLatin1Char('/')), wanted, std::move(handler), {}};
    m_routes.push_back(std::make_shared<const Route>(route));
}

void HttpRouter::addFiles(const QString &prefix, const QString &directory)
{
    QStringList segments = prefix.split(QLatin1Char('/'));
    if (segments.last().isEmpty())
        segments.removeLast();
    segments.append(rest);
    const HttpMethods wanted = HttpMethod::Get;
    const Route route{segments, wanted, {}, QFile::encodeName(directory)};
    m_routes.push_back(std::make_shared<const Route>(route));
}

bool HttpRouter::serve(const std::shared_ptr<const HttpRouter> &router, HttpResponder *responder)
{
    HttpResponderPrivate &d = HttpResponderPrivate::of(*responder);
    const QList<QByteArray> path = HttpRequestPrivate::pathOf(d.request.target()).split('/');
    QByteArrayList allowed;
    const auto routes = router->m_routes; // a handler may add some
    for (const auto &route : routes) {
        QMap<QString, QString> parameters;
        QByteArray behind;
        if (!fits(route->segments, path, &parameters, &behind))
            continue;
        if (!takes(route->methods, d.request.method())) {
            name(route->methods, &allowed);
            continue;
        }
        if (!route->handler) {
            d.answerBelow(route->directory, behind);
            return true;
        }
        d.request = HttpRequestPrivate::with(d.request, parameters);
        call(route->handler, std::move(*responder));
        return true;
    }
    if (allowed.isEmpty())
        return false;
    HttpResponse response("This method is not allowed here.\n", 405);
    response.setHeader("Allow", allowed.join(", "));
    d.answer(response);
    return true;
}

} // namespace Wirebird
