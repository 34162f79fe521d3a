CREATE EXTENSION IF NOT EXISTS rowseal CASCADE;
CREATE TABLE user_cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);
SELECT rowseal.protect_identities('user_cards');

CREATE FUNCTION store_note() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN INSERT INTO public.notes SELECT NEW.*; RETURN NEW; END';

CREATE FUNCTION anew() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS notes CASCADE;
    CREATE TABLE notes (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id));
    PERFORM rowseal.protect('notes', identities => 'user_cards');
    CREATE VIEW notes_in WITH (security_invoker = true) AS SELECT * FROM notes;
    CREATE TRIGGER store INSTEAD OF INSERT ON notes_in FOR EACH ROW EXECUTE FUNCTION store_note();
END $$;
SELECT anew();
