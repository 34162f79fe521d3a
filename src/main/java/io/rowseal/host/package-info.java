/**
 * What SQL calls, whichever host runs it. A host converts arguments and answers, and has no logic
 * of its own. Nothing here runs SQL.
 */
package io.rowseal.host;
