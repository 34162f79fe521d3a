\echo Use "CREATE EXTENSION rowseal CASCADE" to load this file. \quit
