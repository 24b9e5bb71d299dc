#include "settings.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTextStream>

namespace {

struct Option
{
    const char *name;
    const char *variable;
    const char *text;
    const char *value;
    const char *standard;
};

constexpr Option options[] = {
    { "host", "HOST", "IP address to listen on.", "address", "127.0.0.1" },
    { "port", "PORT", "Port; 0 takes a free one.", "port", "8080" },
    { "users", "TICKER_USERS", "File of the users, made by --add-user.", "file", "" },
    { "seed", "TICKER_SEED", "Same seed, same prices; a random one if none is given.", "number", "" },
    { "interval-ms", "TICKER_INTERVAL_MS", "Time between two changes.", "ms", "200" },
    { "session-minutes", "TICKER_SESSION_MINUTES", "How long a login holds.", "minutes", "720" },
    { "cert", "TICKER_CERT", "Certificate chain, PEM: switches TLS on.", "file", "" },
    { "key", "TICKER_KEY", "Private key of the certificate, PEM.", "file", "" },
    { "allowed-hosts", "TICKER_ALLOWED_HOSTS",
      "Names that this server may be asked for, with commas; all if none is given.", "names", "" },
    { "trusted-proxies", "TICKER_TRUSTED_PROXIES",
      "Networks whose X-Forwarded-For is believed, with commas.", "networks", "" },
};

} // namespace

Settings Settings::read()
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Pushes stock prices to WebSocket clients that have logged in, and serves a page that "
        "shows them."));
    parser.addHelpOption();
    for (const Option &option : options) {
        parser.addOption({ QString::fromLatin1(option.name),
                           QStringLiteral("%1 [%2]").arg(QString::fromLatin1(option.text),
                                                         QString::fromLatin1(option.variable)),
                           QString::fromLatin1(option.value),
                           qEnvironmentVariable(option.variable,
                                                QString::fromLatin1(option.standard)) });
    }
    parser.addOption({ QStringLiteral("demo-user"),
                       QStringLiteral("Let a user \"demo\" in, whose password is made and printed.") });
    parser.addOption({ QStringLiteral("add-user"),
                       QStringLiteral("Add a user to the file of --users, asking for the password, "
                                      "and end."),
                       QStringLiteral("name") });
    parser.process(*QCoreApplication::instance());

    const auto refuse = [](const QString &why) {
        QTextStream(stderr) << why << Qt::endl;
        std::exit(2);
    };
    const auto text = [&](const char *name) { return parser.value(QString::fromLatin1(name)); };
    // A whole number, or the end.
    const auto number = [&](const Option &option, quint32 least, quint32 most) {
        bool isNumber = false;
        const quint32 value = text(option.name).toUInt(&isNumber);
        if (!isNumber || value < least || value > most)
            refuse(QStringLiteral("--%1 (or %2) takes a number from %3 to %4, not \"%5\".")
                       .arg(QString::fromLatin1(option.name), QString::fromLatin1(option.variable))
                       .arg(least).arg(most).arg(text(option.name)));
        return value;
    };
    const auto list = [&](const char *name) {
        return text(name).split(QLatin1Char(','), Qt::SkipEmptyParts);
    };

    Settings settings;
    if (!settings.host.setAddress(text("host")))
        refuse(QStringLiteral("--host (or HOST) takes an IP address, not \"%1\".").arg(text("host")));
    settings.port = quint16(number(options[1], 0, 0xffff));
    settings.users = text("users");
    settings.seed = text("seed").isEmpty() ? QRandomGenerator::system()->generate()
                                           : number(options[3], 0, 0xffffffff);
    settings.intervalMs = int(number(options[4], 1, 3600000));
    settings.sessionLifetime = std::chrono::minutes(number(options[5], 1, 60 * 24 * 365));
    settings.certificate = text("cert");
    settings.key = text("key");
    settings.allowedHosts = list("allowed-hosts");
    settings.trustedProxies = list("trusted-proxies");
    settings.addUser = text("add-user");
    settings.hasDemoUser = parser.isSet(QStringLiteral("demo-user"));
    if (settings.certificate.isEmpty() != settings.key.isEmpty())
        refuse(QStringLiteral("--cert and --key belong together."));
    if (settings.users.isEmpty() && (!settings.addUser.isEmpty() || !settings.hasDemoUser))
        refuse(QStringLiteral("Who may log in? Name a file by --users, made by --users FILE "
                              "--add-user NAME, or try --demo-user."));
    return settings;
}
