\echo Use "CREATE EXTENSION rowseal CASCADE" to load this file. \quit

-- Made here rather than by the control file: a schema that somebody else made, and so owns, is refused, and DROP EXTENSION
-- takes it along.
CREATE SCHEMA rowseal;
COMMENT ON SCHEMA rowseal IS 'Rowseal: rows that only their owner can write. What people call.';

CREATE SCHEMA rowseal_internal;
COMMENT ON SCHEMA rowseal_internal IS 'Rowseal''s workshop, closed to everybody: what the functions in schema rowseal and the triggers are made of, and the functions made for protected tables.';
