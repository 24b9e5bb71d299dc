#include "users.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QRandomGenerator>
#include <QtCore/QRegularExpression>
#include <QtNetwork/QPasswordDigestor>

#include <algorithm>

namespace {

constexpr int rounds = 120000;
constexpr int saltBytes = 16;
constexpr quint64 hashBytes = 32;
constexpr int longestPassword = 1024;

QByteArray derive(const QString &password, const QByteArray &salt, int rounds)
{
    return QPasswordDigestor::deriveKeyPbkdf2(QCryptographicHash::Sha256, password.toUtf8(), salt,
                                              rounds, hashBytes);
}

// Takes as long wherever they differ: the time says nothing about the hash.
bool isSame(const QByteArray &a, const QByteArray &b)
{
    if (a.size() != b.size())
        return false;
    int difference = 0;
    for (int i = 0; i < int(a.size()); ++i)
        difference |= a.at(i) ^ b.at(i);
    return difference == 0;
}

} // namespace

QByteArray randomHex(int bytes)
{
    QByteArray random(bytes, Qt::Uninitialized);
    std::generate(random.begin(), random.end(),
                  [] { return char(QRandomGenerator::system()->generate() & 0xff); });
    return random.toHex();
}

bool Users::load(const QString &name, QString *problem)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text)) {
        *problem = QStringLiteral("%1: %2").arg(name, file.errorString());
        return false;
    }
    for (int number = 1; !file.atEnd(); ++number) {
        const QList<QByteArray> fields = file.readLine().trimmed().split(':');
        if (fields.size() == 1 && fields.first().isEmpty())
            continue;
        const User user{ fields.value(1).toInt(), QByteArray::fromHex(fields.value(2)),
                         QByteArray::fromHex(fields.value(3)) };
        if (fields.size() != 4 || user.rounds < 1 || user.hash.size() != int(hashBytes)) {
            *problem = QStringLiteral("%1: line %2 is not name:rounds:salt:hash.").arg(name).arg(number);
            return false;
        }
        m_users.insert(QString::fromUtf8(fields.first()), user);
    }
    return true;
}

void Users::add(const QString &name, const QString &password)
{
    m_users.insert(name, make(password));
}

bool Users::check(const QString &name, const QString &password) const
{
    // For a name that nobody has it takes as long: the time does not say which names there are.
    static const User nobody{ rounds, QByteArray(saltBytes, 'n'), QByteArray(int(hashBytes), '\0') };
    const auto found = m_users.constFind(name);
    const User &user = found == m_users.constEnd() ? nobody : *found;
    const bool isShort = password.size() <= longestPassword;
    const QByteArray hash = derive(isShort ? password : QString(), user.salt, user.rounds);
    return isSame(hash, user.hash) && isShort && found != m_users.constEnd();
}

bool Users::append(const QString &name, const QString &user, const QString &password,
                   QString *problem)
{
    static const QRegularExpression names(QStringLiteral("^[\\w.@-]{1,64}$"),
                                          QRegularExpression::UseUnicodePropertiesOption);
    if (!names.match(user).hasMatch()) {
        *problem = QStringLiteral("A name has 1 to 64 letters, digits, or of . @ - and _.");
        return false;
    }
    if (password.size() < 8 || password.size() > longestPassword) {
        *problem = QStringLiteral("A password has 8 to %1 characters.").arg(longestPassword);
        return false;
    }
    Users present;
    if (QFile::exists(name) && !present.load(name, problem))
        return false;
    if (present.m_users.contains(user)) {
        *problem = QStringLiteral("%1 has a user %2 already.").arg(name, user);
        return false;
    }
    QFile file(name);
    if (!file.open(QIODevice::Append | QIODevice::Text)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)) {
        *problem = QStringLiteral("%1: %2").arg(name, file.errorString());
        return false;
    }
    const User made = make(password);
    const QByteArray line = user.toUtf8() + ':' + QByteArray::number(made.rounds) + ':'
        + made.salt.toHex() + ':' + made.hash.toHex() + '\n';
    if (file.write(line) != line.size() || !file.flush()) {
        *problem = QStringLiteral("%1: %2").arg(name, file.errorString());
        return false;
    }
    return true;
}

Users::User Users::make(const QString &password)
{
    const QByteArray salt = QByteArray::fromHex(randomHex(saltBytes));
    return { rounds, salt, derive(password, salt, rounds) };
}
