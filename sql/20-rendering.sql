-- How PostgreSQL prints the values that a host's own conversion would not render exactly.

CREATE FUNCTION rowseal._text(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
SET bytea_output = 'hex'
AS $$ SELECT pg_catalog.format('%s', value) $$;
COMMENT ON FUNCTION rowseal._text(anyelement) IS
'The value as the type''s output function prints it under the settings of the signing format. A cast would not do: inet and char(n) cast to other text than they print.';

CREATE FUNCTION rowseal._rendered(new_row text[], old_row text[]) RETURNS boolean
VOLATILE CALLED ON NULL INPUT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS JAVA 'rendered';
COMMENT ON FUNCTION rowseal._rendered(text[], text[]) IS
'Hands column names and their printed values, alternately, to the trigger that runs next. Called in the WHEN clause of that trigger, where values are still PostgreSQL''s own; always true. SECURITY DEFINER, so that the first call of a backend may load Java classes whatever the role: PL/Java looks for them in a schema on which it grants nothing, and on which nobody should be granted anything.';
