"""Signs and verifies rows of Rowseal: an example, written from docs/signing-format.md alone, with Debian's python3-cbor2 and python3-cryptography.

Rows are dicts by column name; values are bytes, bool, int, str and None, or text as PostgreSQL prints it. Ed25519, Ed448, ES256 and
ES256K; no ML-DSA and no SLH-DSA, which those packages do not have.

OpenSSL verifies Ed25519 and Ed448 without the cofactor, and takes keys outside the group of prime order, of which only the plainest
are refused here. Both differ from Rowseal for keys and signatures only that somebody made in order to differ.
"""
import base64
import hashlib

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HASHES = {"SHA3-512": hashlib.sha3_512, "SHA3-256": hashlib.sha3_256, "SHA-256": hashlib.sha256, "SHA-512": hashlib.sha512}
EDWARDS = {"Ed25519": ed25519.Ed25519PublicKey, "Ed448": ed448.Ed448PublicKey}
CURVES = {
    "ES256": (ec.SECP256R1(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "ES256K": (ec.SECP256K1(), 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141),
}
# What stands before a raw key in its SubjectPublicKeyInfo.
SPKI = {
    "302a300506032b6570032100": "Ed25519",
    "3043300506032b6571033a00": "Ed448",
    "3039301306072a8648ce3d020106082a8648ce3d030107032200": "ES256",
    "3059301306072a8648ce3d020106082a8648ce3d030107034200": "ES256",
    "3036301006072a8648ce3d020106052b8104000a032200": "ES256K",
    "3056301006072a8648ce3d020106052b8104000a034200": "ES256K",
}


class Refusal(Exception):
    """The row is not its owner's word; the first word of the text is the SQLSTATE with which Rowseal refuses the same."""


# ---------------------------------------------------------------- values and messages


def value(kind, given):
    """What is signed of a value; text is as PostgreSQL prints it."""
    if given is None or not isinstance(given, str) or kind == "text":
        return given
    if kind == "bytes":
        return bytes.fromhex(given.removeprefix("\\x"))
    return int(given) if kind == "integer" else {"t": True, "true": True, "f": False, "false": False}[given]


def text(given):
    """A value as PostgreSQL takes it."""
    if isinstance(given, bytes):
        return "\\x" + given.hex()
    return given if given is None else str(given).lower() if isinstance(given, bool) else str(given)


def rowseal_v1(context, values, timestamp=None):
    return cbor2.dumps(["rowseal-v1", context, {k: v for k, v in values.items() if v is not None}], canonical=True)


def buckitup(context, values, timestamp):
    if not 10**9 <= values[timestamp] < 10**10:
        raise Refusal(f"RS006 {timestamp} must have ten digits")

    def field(v):
        return base64.b64encode(v) if isinstance(v, bytes) else b"null" if v is None else text(v).encode()

    return b"".join(field(values[k]) for k in sorted(values, key=str.encode))


FORMATS = {"rowseal-v1": rowseal_v1, "buckitup": buckitup}

# ---------------------------------------------------------------- keys and signatures


def raw_key(private):
    """Algorithm and raw public key of a private key of the package cryptography; a point is compressed."""
    public = private.public_key()
    for name, (curve, _) in CURVES.items():
        if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == curve.name:
            return name, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    name = next(name for name, kind in EDWARDS.items() if isinstance(public, kind))
    return name, public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def spki(algorithm, raw):
    return next(bytes.fromhex(b) for b, name in SPKI.items() if name == algorithm and b.endswith(f"{len(raw) + 1:02x}00")) + raw


def from_spki(der):
    for beginning, name in SPKI.items():
        before = bytes.fromhex(beginning)
        if der.startswith(before) and len(der) == len(before) + before[-2] - 1:
            return name, der[len(before) :]
    raise Refusal("RS006 not a SubjectPublicKeyInfo")


def sign(private, message):
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(message)
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
    n = CURVES[raw_key(private)[0]][1]
    return r.to_bytes(32, "big") + min(s, n - s).to_bytes(32, "big")


def verify(algorithm, raw, message, signature):
    """Refusal unless the signature is the key's over the message."""
    try:
        if algorithm in EDWARDS:
            if len(raw) < 32 or not any(raw[1:-1]):
                raise Refusal("RS006 the key is a point of small order")
            EDWARDS[algorithm].from_public_bytes(raw).verify(signature, message)
        else:
            curve, n = CURVES[algorithm]
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            if len(signature) != 64 or s > n // 2 or raw[:1] not in (b"\2", b"\3", b"\4"):
                raise Refusal("RS002 not r and the smaller s")
            key = ec.EllipticCurvePublicKey.from_encoded_point(curve, raw)
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as e:
        raise Refusal(f"RS002 it is not the owner's {algorithm} signature: {e}") from e


# ---------------------------------------------------------------- tables


class Table:
    """A protected table; `settings` as the view rowseal.protected shows them."""

    def __init__(self, settings):
        self.settings = settings
        self.kinds = {c["name"]: c["kind"] for c in settings["columns"]}

    def values(self, row):
        return {name: value(kind, row[name]) for name, kind in self.kinds.items()}

    def message(self, row):
        s = self.settings
        return FORMATS[s["format"]](s["context"], self.values(row), s["owner_timestamp"])

    def owner_id(self, stored_key):
        digest = HASHES[self.settings["owner_hash"]](stored_key).digest()
        return digest if self.kinds[self.settings["owner"]] == "bytes" else self.settings["owner_prefix"] + digest.hex()

    def stored_key(self, private):
        algorithm, raw = raw_key(private)
        return spki(algorithm, raw) if self.settings["algorithm"] == "SPKI" else raw

    def sign(self, private, row):
        s = self.settings
        row = {**row, s["owner"]: self.owner_id(self.stored_key(private))}
        if "public_key" in s:
            row[s["public_key"]] = self.stored_key(private)
        for certificate, certified in s["certificates"].items():
            row[certificate] = sign(private, row[certified])
        return {k: text(v) for k, v in {**row, s["signature"]: sign(private, self.message(row))}.items()}

    def card(self, row):
        """The owner id, algorithm and raw key of a card that verifies."""
        s, values = self.settings, self.values(row)
        key = values[s["public_key"]]
        algorithm, raw = from_spki(key) if s["algorithm"] == "SPKI" else (s["algorithm"], key)
        if values[s["owner"]] != self.owner_id(key):
            raise Refusal("RS004 the owner id is not the hash of the key")
        for certificate, certified in s["certificates"].items():
            verify(algorithm, raw, values[certified], values[certificate])
        card = (values[s["owner"]], algorithm, raw)
        self.verify(row, card)
        return card

    def verify(self, row, card):
        owner, algorithm, raw = card
        if self.values(row)[self.settings["owner"]] != owner:
            raise Refusal("RS003 another owner's card")
        verify(algorithm, raw, self.message(row), value("bytes", row[self.settings["signature"]]))
