"""Over TLS the judged address is asked under its own name."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.config import Settings
from core.photos.check import check_photo
from tests.photos.host import photo_host, picture, refusal


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for `name`, and the bundle that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    bundle = folder / "server.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, plain, serialization.NoEncryption())
    bundle.write_bytes(made.public_bytes(pem) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    return context, bundle


def test_tls_greets_and_checks_the_name_and_not_the_number(
    sandbox: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Connecting to a judged number keeps the host's name in SNI, in the certificate's check and in Host."""
    context, bundle = certificate(tmp_path, "localhost")
    greeted: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: greeted.append(name)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with photo_host(context) as host:
        host.serve("/a.png", picture("PNG"))
        assert check_photo(host.url("/a.png", "localhost"), sandbox).kind == "png"
        assert host.asked == [("/a.png", f"localhost:{host.port}")]
    assert greeted == ["localhost"]


def test_a_certificate_of_another_host_is_refused(
    sandbox: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nothing is asked of a host whose certificate is for somebody else, or trusted by nobody."""
    context, bundle = certificate(tmp_path, "photos.example")
    with photo_host(context) as host:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        assert "certificate is not valid" in refusal(host.url("/a.png", "localhost"), sandbox)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        assert "certificate is not valid" in refusal(host.url("/a.png", "localhost"), sandbox)
        assert host.asked == []
