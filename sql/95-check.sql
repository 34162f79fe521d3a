-- A jar of another version than these scripts is reported at once.
SELECT rowseal._check_jar();
