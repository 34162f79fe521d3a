/**
 * What SQL calls, whichever host runs it. A host supplies rows and runs SQL, and has no logic of
 * its own.
 */
package io.rowseal.host;
