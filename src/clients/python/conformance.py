"""This client as ../conformance/check.py asks it."""
import json
import sys

import rowseal


def answer(ask, **q):
    if ask == "message":
        values = {c["name"]: rowseal.value(c["kind"], c["value"]) for c in q["columns"]}
        return {"message": rowseal.FORMATS[q["format"]](q["context"], values, q["timestamp"]).hex()}
    if ask == "owner_id":
        return {"owner_id": rowseal.HASHES[q["hash"]](bytes.fromhex(q["public_key"])).hexdigest()}
    if q["algorithm"] not in rowseal.SPKI.values():
        return {"unsupported": q["algorithm"]}
    key, message, signature = (bytes.fromhex(q[k]) for k in ("public_key", "message", "signature"))
    try:
        algorithm, raw = rowseal.from_spki(key) if q["spki"] else (q["algorithm"], key)
        rowseal.verify(algorithm, raw, message, signature)
        return {"valid": True}
    except rowseal.Refusal:
        return {"valid": False}


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
