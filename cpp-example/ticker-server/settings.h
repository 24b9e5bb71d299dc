// What can be set: on the command line, or by environment variables, as containers like it. The
// command line wins.
#pragma once

#include <QtCore/QStringList>
#include <QtNetwork/QHostAddress>

#include <chrono>

struct Settings
{
    QHostAddress host;
    quint16 port = 0;
    quint32 seed = 0;
    int intervalMs = 0;
    std::chrono::minutes sessionLifetime{ 0 };
    QString users;
    QString certificate;
    QString key;
    QStringList allowedHosts;
    QStringList trustedProxies;
    QString addUser;
    bool hasDemoUser = false;

    // Ends the program, with a sentence, if something is not as it should be.
    static Settings read();
};
