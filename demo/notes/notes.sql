-- The tables of the notes app, and the role with which its server writes.
CREATE TABLE user_cards (
    user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);

CREATE TABLE notes (
    user_hash bytea, id uuid, body text, deleted_flag boolean, parent_sign_b64 bytea, owner_timestamp bigint, sign_b64 bytea,
    PRIMARY KEY (user_hash, id));

CREATE TABLE notes_versions (LIKE notes, PRIMARY KEY (sign_b64));

SELECT rowseal.protect_identities('user_cards');
SELECT rowseal.protect('notes', identities => 'user_cards', versions => 'notes_versions');

DO 'BEGIN CREATE ROLE notes_app; EXCEPTION WHEN duplicate_object THEN NULL; END';
GRANT SELECT, INSERT ON user_cards, notes TO notes_app;
GRANT SELECT ON notes_versions TO notes_app;
