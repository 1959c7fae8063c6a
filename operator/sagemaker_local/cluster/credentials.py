"""Certificates, keys, tokens and kubeconfigs of one cluster, made afresh for it and gone with it.

Elliptic keys throughout, as they are made in a millisecond. All files are readable by their owner only. Not here: who gets
which rights beyond "system:masters"; RBAC objects and service accounts do that as in any cluster.
"""

import base64
import datetime as dt
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONTEXT = "sagemaker-local"
# A cluster lives for a test or a working day; a year leaves room for the machine that nobody turns off.
VALIDITY = dt.timedelta(days=365)
CLOCK_SKEW = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where everything is, and the admin's token. The directory is the API server's certificate directory."""

    directory: Path
    token: str
    kubeconfig: Path

    @property
    def ca(self) -> Path:
        """The certificate authority (PEM) that signed everything here."""
        return self.directory / "ca.crt"

    @property
    def serving_certificate(self) -> Path:
        """The API server's certificate."""
        return self.directory / "apiserver.crt"

    @property
    def serving_key(self) -> Path:
        """The API server's key."""
        return self.directory / "apiserver.key"

    @property
    def etcd_certificate(self) -> Path:
        """What etcd shows to its clients, and its one client to it."""
        return self.directory / "etcd.crt"

    @property
    def etcd_key(self) -> Path:
        """The key of the etcd certificate."""
        return self.directory / "etcd.key"

    @property
    def service_account_key(self) -> Path:
        """Signs service-account tokens."""
        return self.directory / "service-account.key"

    @property
    def service_account_public_key(self) -> Path:
        """Verifies service-account tokens."""
        return self.directory / "service-account.pub"

    @property
    def tokens(self) -> Path:
        """The static tokens the API server accepts."""
        return self.directory / "tokens.csv"

    @property
    def controller_manager_kubeconfig(self) -> Path:
        """The controller manager's own way in, so that its doings are told apart from the user's."""
        return self.directory / "controller-manager.kubeconfig"


def issue(directory: Path, *, kubeconfig: Path, server: str) -> Credentials:
    """Make all credentials for the API server at `server` and write them below `directory`."""
    directory.mkdir(mode=0o700)
    made = Credentials(directory, secrets.token_urlsafe(32), kubeconfig)
    ca_key, ca = _authority()
    ca_pem = ca.public_bytes(serialization.Encoding.PEM)
    write_private(made.ca, ca_pem)
    _write_pair(made.serving_certificate, made.serving_key, "kube-apiserver", ca_key, ca)
    _write_pair(made.etcd_certificate, made.etcd_key, "etcd", ca_key, ca)
    account_key = _new_key()
    write_private(made.service_account_key, _key_pem(account_key))
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = account_key.public_key().public_bytes(serialization.Encoding.PEM, public)
    write_private(made.service_account_public_key, pem)

    controllers_token = secrets.token_urlsafe(32)
    tokens = (
        f'{made.token},admin,admin,"system:masters"\n'
        f'{controllers_token},system:kube-controller-manager,controllers,"system:masters"\n'
    )
    write_private(made.tokens, tokens.encode())
    write_private(kubeconfig, _kubeconfig(server, ca_pem, "admin", made.token))
    content = _kubeconfig(server, ca_pem, "kube-controller-manager", controllers_token)
    write_private(made.controller_manager_kubeconfig, content)
    return made


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.touch(mode=0o600)
    path.write_bytes(content)


def _kubeconfig(server: str, ca_pem: bytes, user: str, token: str) -> bytes:
    authority = base64.b64encode(ca_pem).decode()
    cluster = {"server": server, "certificate-authority-data": authority}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user, "namespace": "default"}}],
        "current-context": CONTEXT,
    }
    return yaml.safe_dump(content, sort_keys=False).encode()


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain)


def _builder(subject: str, issuer: x509.Name | None = None) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + VALIDITY)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = _new_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _builder("sagemaker-local")
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _write_pair(
    certificate_path: Path,
    key_path: Path,
    subject: str,
    ca_key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
) -> None:
    key = _new_key()
    names = [
        x509.DNSName("localhost"),
        x509.DNSName("kubernetes.default.svc"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    certificate = (
        _builder(subject, ca.subject)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    write_private(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    write_private(key_path, _key_pem(key))
