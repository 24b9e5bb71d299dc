// Proxies as they come with the system, and HTTP servers in Python: each a process of
// its own, ended with its object.
#pragma once

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <functional>
#include <memory>

/// A program that listens on a port of 127.0.0.1, which it can't choose itself.
class Proxy
{
public:
    enum class Kind { Tinyproxy, Squid, Microsocks };

    /// With `more` in its configuration, or as its arguments.
    explicit Proxy(Kind kind, const QString &more = {})
    {
        for (int tries = 0; tries < 5 && !m_isUp; ++tries)
            start(kind, more);
        if (!m_isUp)
            qFatal("%s does not start: `make test` installs it",
                   qPrintable(m_process->program() + ' ' + m_process->arguments().join(' ')));
    }

    /// squid for the user bird with the password seed, asked by Basic or Digest; the hosts
    /// *.example are 127.0.0.1 to it.
    static Proxy squid(const QString &scheme)
    {
        return Proxy(Kind::Squid, scheme);
    }

    Proxy(Proxy &&) = default;
    ~Proxy() { stop(); }

    quint16 port() const { return m_port; }

    QNetworkProxy http(const QString &user = {}, const QString &password = {}) const
    {
        return QNetworkProxy(QNetworkProxy::HttpProxy, "127.0.0.1", m_port, user, password);
    }
    QNetworkProxy socks(const QString &user = {}, const QString &password = {}) const
    {
        return QNetworkProxy(QNetworkProxy::Socks5Proxy, "127.0.0.1", m_port, user, password);
    }

private:
    void start(Kind kind, const QString &more)
    {
        stop();
        QTcpServer free;
        free.listen(QHostAddress::LocalHost);
        m_port = free.serverPort();
        free.close();
        m_folder = std::make_unique<QTemporaryDir>();
        // squid gives its rights away before it reads what is there.
        QFile::setPermissions(m_folder->path(), QFile::Permissions(0x7777));
        m_process = std::make_unique<QProcess>();
        m_process->setStandardOutputFile(QProcess::nullDevice());
        m_process->setStandardErrorFile(QProcess::nullDevice());
        const QString port = QString::number(m_port);
        switch (kind) {
        case Kind::Tinyproxy:
            m_process->start("tinyproxy",
                             {"-d", "-c",
                              write("tinyproxy.conf",
                                    "Port " + port + "\nListen 127.0.0.1\nTimeout 600\n"
                                    "MaxClients 20\nAllow 127.0.0.1\n" + more + "\n")});
            break;
        case Kind::Squid:
            m_process->start("squid", {"-N", "-n", "bird" + port, "-f", squidFile(port, more)});
            break;
        case Kind::Microsocks:
            m_process->start("microsocks", QStringList{"-i", "127.0.0.1", "-p", port}
                                 + more.split(' ', Qt::SkipEmptyParts));
        }
        m_isUp = QTest::qWaitFor([this] { return listens() || hasEnded(); }, 20000) && listens();
    }

    QString squidFile(const QString &port, const QString &scheme)
    {
        QString known;
        if (!scheme.isEmpty()) {
            const bool isBasic = scheme == "basic";
            // The password of the first as apr1.
            const QString users = write("users", isBasic
                                            ? "bird:$apr1$wirebird$mUnQnpR8QubZTW7Svud4k0\n"
                                            : "bird:seed\n");
            known = QString("auth_param %1 program /usr/lib/squid/%2 %3\n"
                            "auth_param %1 children 2\nauth_param %1 realm seeds and worms\n"
                            "acl known proxy_auth REQUIRED\nhttp_access allow known\n"
                            "http_access deny all\n")
                        .arg(scheme, isBasic ? "basic_ncsa_auth" : "digest_file_auth", users);
        } else {
            known = "http_access allow all\n";
        }
        const QString hosts = write("hosts", "127.0.0.1 birds.example xn--vgel-5qa.example\n");
        return write("squid.conf",
                     "http_port 127.0.0.1:" + port + "\npid_filename " + m_folder->filePath("pid")
                         + "\ncache_log " + m_folder->filePath("cache.log")
                         + "\naccess_log none\ncache deny all\nnetdb_filename none\n"
                           "shutdown_lifetime 0\nmemory_pools off\ncache_mem 8 MB\n"
                           "visible_hostname nest\nhosts_file " + hosts + "\n" + known);
    }

    QString write(const QString &name, const QString &text)
    {
        QFile file(m_folder->filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0)
            qFatal("%s can't be written", qPrintable(file.fileName()));
        return file.fileName();
    }

    bool listens() const
    {
        QTcpSocket socket;
        socket.setProxy(QNetworkProxy::NoProxy);
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        return socket.waitForConnected(100);
    }
    bool hasEnded() const { return m_process->state() == QProcess::NotRunning; }

    void stop()
    {
        if (!m_process)
            return;
        m_process->kill();
        m_process->waitForFinished();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_process;
    quint16 m_port = 0;
    bool m_isUp = false;
};

/// A Python program of tests/interop or tests/qt/peers that prints the address where it
/// serves, and then what it is asked.
class PythonServer
{
public:
    /// `file` relative to the folder of the tests.
    explicit PythonServer(const QString &file)
    {
        QString python = qEnvironmentVariable("WIREBIRD_PYTHON");
        if (python.isEmpty())
            python = TESTS_FOLDER "/../build/venv/bin/python";
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QFileInfo::exists(python) ? python : QString("python3"),
                        {QString(TESTS_FOLDER "/") + file});
        const auto isReady = [this] {
            if (m_process.canReadLine() && m_url.isEmpty()) {
                const QString line = m_process.readLine().trimmed();
                if (line.contains("://"))
                    m_url = line;
            }
            return !m_url.isEmpty();
        };
        if (!QTest::qWaitFor(isReady, 20000))
            qFatal("%s does not start", qPrintable(file));
    }
    ~PythonServer()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    QUrl url(const QString &path = "/") const { return QUrl(m_url + path); }

    /// What it has been asked next, as it prints it.
    QByteArray asked()
    {
        if (!QTest::qWaitFor([this] { return m_process.canReadLine(); }, 10000))
            return "nothing was asked";
        return m_process.readLine().trimmed();
    }
    /// Nothing it has not told of yet.
    bool wasNotAsked() { return !m_process.canReadLine(); }

private:
    QProcess m_process;
    QString m_url;
};
