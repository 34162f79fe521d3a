-- How much may cross the border to Java at once. PL/Java takes the whole server down where an argument does not fit the heap; and a
-- bound that depended on one server's heap would let one peer accept what another refuses.

CREATE DOMAIN rowseal._bytes AS bytea CONSTRAINT "at most 12 MiB" CHECK (octet_length(VALUE) <= 12582912);
COMMENT ON DOMAIN rowseal._bytes IS 'Bytes that Java is given.';

CREATE DOMAIN rowseal._characters AS text CONSTRAINT "at most 12 MiB" CHECK (octet_length(VALUE) <= 12582912);
COMMENT ON DOMAIN rowseal._characters IS 'Text that Java is given.';
