// What a TLS handshake told and what was wrong with it, in Qt's terms.
#include "tlserrors.h"

#include "convert.h"

#ifndef QT_NO_SSL
#  include <QtNetwork/qsslcipher.h>

namespace Wirebird {
namespace {

QSslError::SslError codeOf(quint32 error)
{
    switch (error) {
    case WIREBIRD_TLS_ERROR_SELF_SIGNED:
        return QSslError::SelfSignedCertificate;
    case WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN:
        return QSslError::SelfSignedCertificateInChain;
    case WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER:
        return QSslError::UnableToGetLocalIssuerCertificate;
    case WIREBIRD_TLS_ERROR_EXPIRED:
        return QSslError::CertificateExpired;
    case WIREBIRD_TLS_ERROR_NOT_YET_VALID:
        return QSslError::CertificateNotYetValid;
    case WIREBIRD_TLS_ERROR_HOST_NAME:
        return QSslError::HostNameMismatch;
    case WIREBIRD_TLS_ERROR_REVOKED:
        return QSslError::CertificateRevoked;
    case WIREBIRD_TLS_ERROR_BAD_SIGNATURE:
        return QSslError::CertificateSignatureFailed;
    case WIREBIRD_TLS_ERROR_WRONG_USAGE:
        return QSslError::InvalidPurpose;
    case WIREBIRD_TLS_ERROR_PIN:
        return QSslError::CertificateRejected;
    case WIREBIRD_TLS_ERROR_NO_CERTIFICATE:
        return QSslError::NoPeerCertificate;
    case WIREBIRD_TLS_ERROR_INVALID_ISSUER:
        return QSslError::InvalidCaCertificate;
    default: // Qt has no code for the others.
        return QSslError::UnspecifiedError;
    }
}

QByteArray certificateAt(wirebird_connection_t connection, size_t index)
{
    wirebird_bytes_t der{};
    if (wirebird_connection_tls_certificate(connection, index, &der) != WIREBIRD_OK)
        return QByteArray();
    return QByteArray(reinterpret_cast<const char *>(der.data), int(der.length));
}

QString nameOf(const QStringList &names, const QByteArray &otherwise)
{
    return names.isEmpty() ? QString::fromUtf8(otherwise) : names.first();
}

} // namespace

TlsFacts TlsFacts::of(wirebird_connection_t connection)
{
    TlsFacts facts;
    wirebird_tls_info_t info{};
    info.size = sizeof info;
    if (wirebird_connection_tls_info(connection, &info) != WIREBIRD_OK || info.version == 0)
        return facts;
    facts.protocol = info.version == WIREBIRD_TLS_1_2 ? QSsl::TlsV1_2 : QSsl::TlsV1_3;
    facts.cipher = toString(info.cipher_suite);
    facts.applicationProtocol = toBytes(info.alpn);
    facts.isResumed = info.resumed == 1;
    for (quint32 i = 0; i < info.certificate_count; ++i)
        facts.chain.append(certificateAt(connection, i));
    return facts;
}

TlsFacts TlsFacts::of(const QSslConfiguration &configuration)
{
    TlsFacts facts;
    facts.protocol = configuration.sessionProtocol();
    facts.cipher = configuration.sessionCipher().name();
    facts.applicationProtocol = configuration.nextNegotiatedProtocol();
    const QList<QSslCertificate> chain = configuration.peerCertificateChain();
    for (const QSslCertificate &certificate : chain)
        facts.chain.append(certificate.toDer());
    return facts;
}

QList<QSslCertificate> TlsFacts::certificates() const
{
    QList<QSslCertificate> certificates;
    for (const QByteArray &der : chain)
        certificates.append(QSslCertificate(der, QSsl::Der));
    return certificates;
}

QList<QSslError> tlsErrorsOf(wirebird_connection_t connection)
{
    QList<QSslError> errors;
    wirebird_tls_error_t error{};
    for (size_t i = 0; wirebird_connection_tls_error(connection, i, &error) == WIREBIRD_OK; ++i) {
        const QByteArray der = certificateAt(connection, error.certificate);
        const QSslError::SslError code = codeOf(error.error);
        errors.append(der.isEmpty() ? QSslError(code)
                                    : QSslError(code, QSslCertificate(der, QSsl::Der)));
    }
    return errors;
}

QString certificateErrorText(const QSslError &error)
{
    const QSslCertificate certificate = error.certificate();
    if (certificate.isNull())
        return error.errorString();
    const QStringList subject = certificate.subjectInfo(QSslCertificate::CommonName);
    const QStringList issuer = certificate.issuerInfo(QSslCertificate::CommonName);
    return QStringLiteral("%1 (the certificate of \"%2\", issued by \"%3\")")
        .arg(error.errorString(), nameOf(subject, certificate.serialNumber()),
             nameOf(issuer, "somebody without a name"));
}

TlsAlert TlsAlert::of(quint64 value)
{
    TlsAlert alert;
    if (value & WIREBIRD_TLS_ALERT_SENT)
        alert.direction = Sent;
    else if (value & WIREBIRD_TLS_ALERT_RECEIVED)
        alert.direction = Received;
    alert.type = int(value & 0xff);
    return alert;
}

QString TlsAlert::description() const
{
    static const struct
    {
        int type;
        const char *text;
    } known[] = {
        {10, "unexpected message"},
        {20, "bad record MAC"},
        {22, "record overflow"},
        {40, "handshake failure"},
        {42, "bad certificate"},
        {43, "unsupported certificate"},
        {44, "certificate revoked"},
        {45, "certificate expired"},
        {46, "certificate unknown"},
        {47, "illegal parameter"},
        {48, "unknown CA"},
        {49, "access denied"},
        {50, "decode error"},
        {51, "decrypt error"},
        {70, "protocol version"},
        {71, "insufficient security"},
        {80, "internal error"},
        {86, "inappropriate fallback"},
        {90, "user cancelled"},
        {109, "missing extension"},
        {110, "unsupported extension"},
        {112, "unrecognized name"},
        {116, "certificate required"},
        {120, "no application protocol"},
    };
    for (const auto &[number, text] : known) {
        if (number == type)
            return QString::fromLatin1(text);
    }
    return QStringLiteral("alert %1").arg(type);
}

} // namespace Wirebird
#endif
