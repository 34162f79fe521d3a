-- Java's entry points. They run no SQL: each answers from its arguments alone, and from settings and public keys, which cannot change
-- under their names; settle also from the rows that were handed over. Only functions of the extension's owner can call them, and those pin the search
-- path and bound what they hand over: PL/Java takes the whole server down where an argument does not fit the heap.

CREATE FUNCTION rowseal_internal.verify(policy bytea, image bytea, large bytea, card bytea) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'verify';
COMMENT ON FUNCTION rowseal_internal.verify(bytea, bytea, bytea, bytea) IS
'Verifies a row that is to be stored as a new one. 0: it is its owner''s word. 1: the policy is not known in this backend; call learn. 2: the owner''s key is not known; call again with the card. 3: refused; refusal tells why.';

CREATE FUNCTION rowseal_internal.hand_over(policy bytea, image bytea, large bytea, card bytea, statement bigint) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'handOver';
COMMENT ON FUNCTION rowseal_internal.hand_over(bytea, bytea, bytea, bytea, bigint) IS
'As verify, for a row that is stored by a statement at whose end settle is called: it may be verified meanwhile by another thread. 0 then says that nothing is wrong as far as is known, 3 also that an earlier row is bad. 8: verified, and call_helpers would be worth it for those that follow. With the statement 0 the same as verify.';

CREATE FUNCTION rowseal_internal.call_helpers(statement bigint, helpers bigint) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
AS JAVA 'callHelpers';
COMMENT ON FUNCTION rowseal_internal.call_helpers(bigint, bigint) IS 'Has so many threads verify what this statement hands over from now on.';

CREATE FUNCTION rowseal_internal.settle(statement bigint) RETURNS text[]
VOLATILE CALLED ON NULL INPUT
AS JAVA 'settle';
COMMENT ON FUNCTION rowseal_internal.settle(bigint) IS
'Verifies what this statement has handed over and is not verified yet. SQLSTATE and message of the first bad row, as often as it is asked; NULL if none is bad.';

CREATE FUNCTION rowseal_internal.verify_update(policy bytea, image bytea, large bytea, old_image bytea, old_large bytea, card bytea) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'verifyUpdate';
COMMENT ON FUNCTION rowseal_internal.verify_update(bytea, bytea, bytea, bytea, bytea, bytea) IS
'Verifies a row that is to replace another, and puts the two in order. 0 to 3 as verify; 4: store it, and archive the old row; 5: it is older than the stored row, and verified only where there is no versions table; 6: the stored row stays; 7: it was verified, and its bytes put it behind the stored row, with which it shares timestamp and signature.';

CREATE FUNCTION rowseal_internal.hand_over_update(policy bytea, image bytea, large bytea, old_image bytea, old_large bytea, card bytea, statement bigint) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'handOverUpdate';
COMMENT ON FUNCTION rowseal_internal.hand_over_update(bytea, bytea, bytea, bytea, bytea, bytea, bigint) IS
'As verify_update, but a row that is newer than the stored one may be verified meanwhile, as hand_over has it. 8 and 12: 0 and 4, and call_helpers would be worth it.';

CREATE FUNCTION rowseal_internal.refusal(policy bytea, image bytea, large bytea, old_image bytea, old_large bytea, card bytea) RETURNS text[]
VOLATILE CALLED ON NULL INPUT
AS JAVA 'refusal';
COMMENT ON FUNCTION rowseal_internal.refusal(bytea, bytea, bytea, bytea, bytea, bytea) IS
'Why verify, or verify_update, answered 3: SQLSTATE, message, owner id as text, and t if the settings put such a row aside.';

CREATE FUNCTION rowseal_internal.learn_policy(policy bytea, fields text[]) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
AS JAVA 'learnPolicy';
COMMENT ON FUNCTION rowseal_internal.learn_policy(bytea, text[]) IS 'Tells Java the settings that a policy id stands for.';

CREATE FUNCTION rowseal_internal.check_policy(fields text[]) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
AS JAVA 'checkPolicy';
COMMENT ON FUNCTION rowseal_internal.check_policy(text[]) IS 'RS012 where the settings are unknown or contradict each other.';

CREATE FUNCTION rowseal_internal.message(policy bytea, image bytea) RETURNS bytea
VOLATILE CALLED ON NULL INPUT
AS JAVA 'message';
COMMENT ON FUNCTION rowseal_internal.message(bytea, bytea) IS 'What the owner signs for a row.';

CREATE FUNCTION rowseal_internal.explain(policy bytea, image bytea, card bytea, tip bytea) RETURNS text[]
VOLATILE CALLED ON NULL INPUT
AS JAVA 'explain';
COMMENT ON FUNCTION rowseal_internal.explain(bytea, bytea, bytea, bytea) IS
'The steps of rowseal.explain, three texts each: check, t or f, finding. The tip is record_send(ROW(owner_timestamp, signature)), NULL if there is none, empty if it was not looked up.';

CREATE FUNCTION rowseal_internal.owners(policy bytea, images bytea) RETURNS text[]
VOLATILE CALLED ON NULL INPUT
AS JAVA 'owners';
COMMENT ON FUNCTION rowseal_internal.owners(bytea, bytea) IS 'The owner ids in a batch of row images (array_send of a bytea[]), each once, as text.';

CREATE FUNCTION rowseal_internal.verify_images(policy bytea, images bytea, owners text[], cards bytea) RETURNS text[]
VOLATILE CALLED ON NULL INPUT
AS JAVA 'verifyImages';
COMMENT ON FUNCTION rowseal_internal.verify_images(bytea, bytea, text[], bytea) IS
'Verifies a batch of stored rows on all cores, given the cards of their owners in the same order. Three texts for each bad row: place in the batch from 1, SQLSTATE, problem.';

CREATE FUNCTION rowseal_internal.digest_images(policy bytea, images bytea) RETURNS bytea
VOLATILE CALLED ON NULL INPUT
AS JAVA 'digestImages';
COMMENT ON FUNCTION rowseal_internal.digest_images(bytea, bytea) IS
'Digests a batch of rows on all cores: for each, the SHA-256 of its key and that of the version, one after the other.';

CREATE FUNCTION rowseal_internal.is_greater(policy bytea, image bytea, than bytea) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
AS JAVA 'isGreater';
COMMENT ON FUNCTION rowseal_internal.is_greater(bytea, bytea, bytea) IS 'Whether a row comes after another one of the same timestamp and signature.';

CREATE FUNCTION rowseal_internal.version_id(signature bytea, version_hash text) RETURNS bytea
IMMUTABLE CALLED ON NULL INPUT
AS JAVA 'versionId';
COMMENT ON FUNCTION rowseal_internal.version_id(bytea, text) IS 'The digest of a signature, by which a version may go.';

CREATE FUNCTION rowseal_internal.owner_id(public_key bytea, owner_hash text) RETURNS bytea
IMMUTABLE CALLED ON NULL INPUT
AS JAVA 'ownerId';
COMMENT ON FUNCTION rowseal_internal.owner_id(bytea, text) IS 'The digest of a public key.';

CREATE FUNCTION rowseal_internal.check_signature(algorithm text, public_key bytea, message bytea, signature bytea) RETURNS boolean
IMMUTABLE CALLED ON NULL INPUT
AS JAVA 'checkSignature';
COMMENT ON FUNCTION rowseal_internal.check_signature(text, bytea, bytea, bytea) IS 'Whether the signature is the key''s over the message.';

CREATE FUNCTION rowseal_internal.version(host text) RETURNS text
STABLE CALLED ON NULL INPUT
AS JAVA 'version';
COMMENT ON FUNCTION rowseal_internal.version(text) IS 'Versions of Rowseal, its host (as given, or as the bridge knows it), Java and Bouncy Castle.';

CREATE FUNCTION rowseal_internal.signals() RETURNS text
VOLATILE CALLED ON NULL INPUT
AS JAVA 'signals';
COMMENT ON FUNCTION rowseal_internal.signals() IS 'Why a backend that waits does not hear at once that it is cancelled or ended; NULL if it does.';

CREATE FUNCTION rowseal_internal.shares_classes() RETURNS boolean
VOLATILE CALLED ON NULL INPUT
AS JAVA 'sharesClasses';
COMMENT ON FUNCTION rowseal_internal.shares_classes() IS 'Whether Java takes classes from an archive. It does not where that is of another Java, or of other jars, and says nothing.';

CREATE FUNCTION rowseal_internal.mermaid(title text, versions text[]) RETURNS text
IMMUTABLE CALLED ON NULL INPUT
AS JAVA 'mermaid';
COMMENT ON FUNCTION rowseal_internal.mermaid(text, text[]) IS 'A version graph as Mermaid text, seven texts a version: id, place of the parent, id of a missing parent, timestamp, deleted, tip, valid.';

CREATE FUNCTION rowseal_internal.report(header text[], tables text[], problems text[], growth text[], graphs text[]) RETURNS text
IMMUTABLE CALLED ON NULL INPUT
AS JAVA 'report';
COMMENT ON FUNCTION rowseal_internal.report(text[], text[], text[], text[], text[]) IS 'The HTML page of rowseal.report from what it shows.';
