"""Rows for a database, and what this client thinks of the rows that it gives back: as ../javascript/test/rows.mjs says."""
import json
import sys
import uuid

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

import rowseal

action, file = sys.argv[1:]
with open(file, encoding="utf-8") as settings:
    person, member, document = (rowseal.Table(s) for s in map(json.load(settings).get, ("person", "member", "document")))


def draft(row_id, **changes):
    return {
        "id": row_id,
        "title": "draft",
        "Gr\u00f6\u00dfe": 9007199254740993,
        "content": b"\x5a" * 300,
        "at": "2026-01-31 12:00:00.5+00",
        "price": "1.10",
        "tags": '{a,"b c",NULL,""}',
        "about": '{"a": 2, "bb": [true, null]}',
        "code": "ab  ",
        "span": "-1 days +02:03:04",
        "address": "10.0.0.1",
        "note": None,
        "parent_sign_b64": None,
        "deleted_flag": False,
        "owner_timestamp": 1,
        **changes,
    }


def signed():
    keys = [
        ed25519.Ed25519PrivateKey.generate(),
        ed448.Ed448PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256K1()),
    ]
    for key in keys:
        card = {"name": "It's \U0001f512", "contact_pkey": b"\1\2", "deleted_flag": False, "owner_timestamp": 1700000000}
        yield "person", person.sign(key, card)
        kept, gone = str(uuid.uuid4()), str(uuid.uuid4())
        first = document.sign(key, draft(kept))
        yield "document", first
        yield "document", document.sign(key, draft(kept, title="final", owner_timestamp=2, parent_sign_b64=first["sign_b64"]))
        yield "document", document.sign(key, draft(gone, title="deleted", deleted_flag=True))
        yield "document", document.sign(key, draft(gone, owner_timestamp=-1))
    yield "member", member.sign(ec.generate_private_key(ec.SECP256R1()), {"deleted_flag": False, "owner_timestamp": 1})


def check(cards, table, row):
    if table == "person":
        cards[row["user_hash"]] = person.card(row)
    elif table == "member":
        member.card(row)
    else:
        names = {there: here for here, there in document.settings["versions_columns"].items()} if table == "document_versions" else {}
        document.verify({names.get(k, k): v for k, v in row.items()}, cards[row["user_hash"]])


if action == "sign":
    for line in signed():
        print(json.dumps(line))
else:
    known = {}
    for line in sys.stdin:
        try:
            check(known, *json.loads(line))
            print("ok")
        except rowseal.Refusal as refusal:
            print(refusal)
