#!/usr/bin/env python3
"""Checks a client in any language against the test vectors.

    python3 src/clients/conformance/check.py COMMAND [ARGUMENT ...]

starts the command and asks it one question a line, in JSON, on its standard input; it answers each with one line on its standard output.

    {"ask": "message", "format": F, "context": C, "columns": [{"name": N, "kind": K, "value": V}, ...], "timestamp": N}
        {"message": hex}        kinds are bytes, boolean, integer and text; values are text as PostgreSQL prints it, or null
    {"ask": "owner_id", "hash": H, "public_key": hex}
        {"owner_id": hex}
    {"ask": "verify", "algorithm": A, "spki": true or false, "public_key": hex, "message": hex, "signature": hex}
        {"valid": true or false}

Whatever a client does not know is answered by {"unsupported": what}; it is counted and named, and does not count as a failure.
"""
import collections
import json
import pathlib
import subprocess
import sys

VECTORS = pathlib.Path(__file__).parents[2] / "test/resources/vectors/vectors.json"
# The order of each group, for second signatures; where in a signature the scalar stands.
ECDSA = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES256K": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
EDWARDS = {
    "Ed25519": 2**252 + 27742317777372353535851937790883648493,
    "Ed448": 2**446 - 13818066809895115352007386748515426880336692474882178609894547503885,
}


def forgeries(vector):
    """What must not verify: (why, public key, message, signature)."""
    algorithm = vector["algorithm"]
    key, message, signature = (bytes.fromhex(vector[k]) for k in ("public_key", "message", "signature"))
    yield "another message", key, message[:-1] + bytes([message[-1] ^ 1]), signature
    yield "a changed signature", key, message, signature[:5] + bytes([signature[5] ^ 1]) + signature[6:]
    yield "a signature that is too short", key, message, signature[:-1]
    yield "a signature that is too long", key, message, signature + b"\0"
    yield "no signature", key, message, b""
    yield "a key that is too short", key[:-1], message, signature
    if algorithm in ECDSA:
        s = ECDSA[algorithm] - int.from_bytes(signature[32:], "big")
        yield "the greater s", key, message, signature[:32] + s.to_bytes(32, "big")
    if algorithm in EDWARDS:
        size = len(signature) // 2
        s = EDWARDS[algorithm] + int.from_bytes(signature[size:], "little")
        yield "S past the group order", key, message, signature[:size] + s.to_bytes(size, "little")
        neutral = (b"\1" + bytes(size - 1)) if vector["protect"]["algorithm"] != "SPKI" else key[:-size] + b"\1" + bytes(size - 1)
        yield "a key of small order", neutral, message, b"\1" + bytes(2 * size - 1)


def questions():
    """(what, question, answer) of all vectors."""
    for vector in json.loads(VECTORS.read_text()):
        name, protect = vector["name"], vector["protect"]
        columns = [{k: c[k] for k in ("name", "kind", "value")} for c in vector["columns"]]
        yield "messages", name, {
            "ask": "message",
            "format": protect.get("format", "rowseal-v1"),
            "context": protect["context"],
            "columns": columns,
            "timestamp": "owner_timestamp",
        }, {"message": vector["message"]}
        owner = next(c["value"] for c in columns if c["name"] == "user_hash")
        yield "owner ids", name, {
            "ask": "owner_id",
            "hash": protect.get("owner_hash", "SHA3-512"),
            "public_key": vector["public_key"],
        }, {"owner_id": owner[2:]}
        verify = {"ask": "verify", "algorithm": vector["algorithm"], "spki": protect["algorithm"] == "SPKI"}
        yield "signatures", name, {**verify, **{k: vector[k] for k in ("public_key", "message", "signature")}}, {"valid": True}
        for why, key, message, signature in forgeries(vector):
            yield "forgeries", f"{name}: {why}", {
                **verify,
                "public_key": key.hex(),
                "message": message.hex(),
                "signature": signature.hex(),
            }, {"valid": False}


def main(command):
    passed, failed, unsupported = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as client:
        for kind, name, question, expected in questions():
            client.stdin.write(json.dumps(question) + "\n")
            client.stdin.flush()
            line = client.stdout.readline()
            if not line:
                sys.exit(f"the client ended at {name}: {json.dumps(question)[:500]}")
            answer = json.loads(line)
            if "unsupported" in answer:
                unsupported[kind][answer["unsupported"]] += 1
            elif answer == expected:
                passed[kind] += 1
            else:
                failed[kind] += 1
                print(f"FAILED {kind}, {name}: expected {json.dumps(expected)[:300]}, got {line.strip()[:300]}")
        client.stdin.close()
    for kind in ("messages", "owner ids", "signatures", "forgeries"):
        left_out = "".join(f", {n} not supported: {what}" for what, n in unsupported[kind].items())
        print(f"{kind}: {passed[kind]} right, {failed[kind]} wrong{left_out}")
    return 1 if failed or not passed["messages"] else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
