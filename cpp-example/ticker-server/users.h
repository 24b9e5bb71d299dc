// Who may log in: a file with a line for each user, name:rounds:salt:hash. The hash is PBKDF2 of
// the password, so that whoever reads the file does not have it.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QString>

class Users
{
public:
    // False, and why, if the file can't be read or has a line of another form.
    bool load(const QString &file, QString *problem);
    // A user for this run only, who is in no file.
    void add(const QString &name, const QString &password);
    bool isEmpty() const { return m_users.isEmpty(); }

    // Takes about half a second, which is the point: whoever guesses passwords needs as long for
    // each. Ask on a thread that may wait. Reads only: any number of threads may ask.
    bool check(const QString &name, const QString &password) const;

    // Appends a user to the file, which only its owner may read.
    static bool append(const QString &file, const QString &name, const QString &password,
                       QString *problem);

private:
    struct User
    {
        int rounds;
        QByteArray salt;
        QByteArray hash;
    };

    static User make(const QString &password);

    QHash<QString, User> m_users;
};

// Random bytes of the system, which nobody can guess, in hexadecimal digits.
QByteArray randomHex(int bytes);
