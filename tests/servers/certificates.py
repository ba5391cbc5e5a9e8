"""Throw-away TLS certificates for the tests' servers, made with the openssl command."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate: its own authority, so `certificate` is also the ca_file to trust."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path, *names: str) -> Certificate:
    """A certificate for subjectAltNames such as "IP:127.0.0.1" or "DNS:localhost"."""
    made = Certificate(folder / "server.pem", folder / "server.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
               "-subj", "/CN=test", "-addext", f"subjectAltName={','.join(names)}",
               "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
               "-keyout", str(made.key), "-out", str(made.certificate)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return made
