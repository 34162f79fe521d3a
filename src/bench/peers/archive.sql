-- The same merging and archiving as in a protected table with two tables, without cryptography, by PL/pgSQL triggers on bench_bare.

CREATE OR REPLACE FUNCTION bench_merge() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    stored bench_bare;
BEGIN
    SELECT * INTO stored FROM bench_bare b WHERE b.user_hash = NEW.user_hash AND b.uuid = NEW.uuid;
    IF NOT FOUND THEN
        RETURN NEW;
    ELSIF NEW = stored THEN
        RETURN NULL;
    ELSIF (NEW.owner_timestamp, NEW.sign_b64) < (stored.owner_timestamp, stored.sign_b64) THEN
        INSERT INTO bench_bare_versions SELECT NEW.* ON CONFLICT DO NOTHING;
        RETURN NULL;
    END IF;
    UPDATE bench_bare b
    SET value_b64 = NEW.value_b64, deleted_flag = NEW.deleted_flag, parent_sign_b64 = NEW.parent_sign_b64,
        owner_timestamp = NEW.owner_timestamp, sign_b64 = NEW.sign_b64
    WHERE b.user_hash = NEW.user_hash AND b.uuid = NEW.uuid;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION bench_archive() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW = OLD THEN
        RETURN NULL;
    ELSIF (NEW.owner_timestamp, NEW.sign_b64) < (OLD.owner_timestamp, OLD.sign_b64) THEN
        INSERT INTO bench_bare_versions SELECT NEW.* ON CONFLICT DO NOTHING;
        RETURN NULL;
    END IF;
    INSERT INTO bench_bare_versions SELECT OLD.* ON CONFLICT DO NOTHING;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION bench_archive_by_trigger() RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    CREATE TRIGGER merge BEFORE INSERT ON bench_bare FOR EACH ROW EXECUTE FUNCTION bench_merge();
    CREATE TRIGGER archive BEFORE UPDATE ON bench_bare FOR EACH ROW EXECUTE FUNCTION bench_archive();
END
$$;
