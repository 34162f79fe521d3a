GRANT EXECUTE ON FUNCTION rowseal._bridge_home() TO PUBLIC;
