// JSON as the JavaScript engine reads and writes it.
#include "json.h"

#include <QtQml/qjsengine.h>

namespace Wirebird {
namespace {

const QString noEngine = QStringLiteral("the object belongs to no QML engine");

} // namespace

JsonText toJson(QJSEngine *engine, const QJSValue &value)
{
    if (!engine)
        return {QString(), noEngine};
    const QJSValue result
        = engine->evaluate(QStringLiteral("JSON.stringify")).call({value});
    if (result.isError())
        return {QString(), result.toString()};
    if (!result.isString())
        return {QString(), QStringLiteral("the value is nothing that JSON knows")};
    return {result.toString(), QString()};
}

JsonValue fromJson(QJSEngine *engine, QJSValue *parse, const QString &text)
{
    if (!engine)
        return {QJSValue(), noEngine};
    if (!parse->isCallable())
        *parse = engine->evaluate(QStringLiteral("JSON.parse"));
    const QJSValue result = parse->call({QJSValue(text)});
    if (result.isError())
        return {QJSValue(), result.toString()};
    return {result, QString()};
}

} // namespace Wirebird
