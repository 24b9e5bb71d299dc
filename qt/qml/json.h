// JSON as the JavaScript engine reads and writes it.
#pragma once

#include <QtCore/qstring.h>
#include <QtQml/qjsvalue.h>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace Wirebird {

struct JsonText
{
    QString text;
    QString error; ///< Empty: there is a text.
};

struct JsonValue
{
    QJSValue value;
    QString error; ///< Empty: there is a value.
};

/// What JSON.stringify() makes of a value.
JsonText toJson(QJSEngine *engine, const QJSValue &value);

/// What JSON.parse() makes of a text. `parse` keeps the function.
JsonValue fromJson(QJSEngine *engine, QJSValue *parse, const QString &text);

} // namespace Wirebird
