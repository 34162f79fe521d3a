-- A trigger that does for bench_python what Rowseal does for an unversioned table: the same bytes verified, the same order kept.
CREATE EXTENSION IF NOT EXISTS plpython3u;

CREATE OR REPLACE FUNCTION bench_enforce() RETURNS trigger
LANGUAGE plpython3u
AS $python$
enforce = GD.get('bench_enforce')
if enforce is None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    def head(major, n):
        major <<= 5
        if n < 24:
            return bytes((major | n,))
        for more, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if n < 1 << 8 * size:
                return bytes((major | more,)) + n.to_bytes(size, 'big')

    def text(value):
        encoded = value.encode()
        return head(3, len(encoded)) + encoded

    def data(value):
        return head(2, len(value)) + value

    def truth(value):
        return b'\xf5' if value else b'\xf4'

    def integer(value):
        return head(0, value) if value >= 0 else head(1, ~value)

    columns = sorted((text(name), name, encode) for name, encode in (
        ('user_hash', data), ('uuid', text), ('value_b64', data), ('deleted_flag', truth),
        ('parent_sign_b64', data), ('owner_timestamp', integer)))
    beginning = head(4, 3) + text('rowseal-v1') + text('bench')
    keys = {}
    key_plan = plpy.prepare('SELECT sign_pkey FROM cards_ed25519 WHERE user_hash = $1', ['bytea'])
    stored_plan = plpy.prepare('SELECT * FROM bench_python WHERE user_hash = $1 AND uuid = $2', ['bytea', 'uuid'])
    update_plan = plpy.prepare(
        'UPDATE bench_python SET value_b64 = $3, deleted_flag = $4, parent_sign_b64 = $5, owner_timestamp = $6, sign_b64 = $7'
        ' WHERE user_hash = $1 AND uuid = $2', ['bytea', 'uuid', 'bytea', 'bool', 'bytea', 'bigint', 'bytea'])

    def owners_key(owner):
        key = keys.get(owner)
        if key is None:
            card = plpy.execute(key_plan, [owner])
            if not card:
                plpy.error('owner unknown', sqlstate='RS003')
            key = keys[owner] = Ed25519PublicKey.from_public_bytes(card[0]['sign_pkey'])
        return key

    def verify(row):
        items = [key + encode(row[name]) for key, name, encode in columns if row[name] is not None]
        message = beginning + head(5, len(items)) + b''.join(items)
        try:
            owners_key(row['user_hash']).verify(row['sign_b64'], message)
        except InvalidSignature:
            plpy.error('signature does not verify', sqlstate='RS002')

    def enforce(row):
        found = plpy.execute(stored_plan, [row['user_hash'], row['uuid']])
        stored = found[0] if found else None
        if stored == row:
            return 'SKIP'
        verify(row)
        if stored is None:
            return None
        if (row['owner_timestamp'], row['sign_b64']) > (stored['owner_timestamp'], stored['sign_b64']):
            plpy.execute(update_plan, [row[name] for name in (
                'user_hash', 'uuid', 'value_b64', 'deleted_flag', 'parent_sign_b64', 'owner_timestamp', 'sign_b64')])
        return 'SKIP'

    GD['bench_enforce'] = enforce
return enforce(TD['new'])
$python$;
