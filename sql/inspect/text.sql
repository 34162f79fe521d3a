CREATE FUNCTION rowseal.text(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
SET bytea_output = 'hex'
AS $$ SELECT format('%s', value) $$;
COMMENT ON FUNCTION rowseal.text(anyelement) IS
'The value as the type''s output function prints it under the settings of the signing format; NULL for NULL. A cast would not do: inet and char(n) cast to other text than they print.';
