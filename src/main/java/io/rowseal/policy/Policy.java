package io.rowseal.policy;

import io.rowseal.encoding.MessageFormat;
import io.rowseal.error.Refusal;
import io.rowseal.row.Row;
import io.rowseal.row.RowLayout;
import io.rowseal.row.TableColumn;
import io.rowseal.signature.KeyReader;
import java.util.Arrays;
import java.util.List;

/**
 * What a protected table demands of its rows. Immutable, and safe for use by several threads. Made
 * by {@link PolicyReader}, which refuses settings that contradict each other.
 *
 * @param columns what stands where in a row
 * @param layout where superseded versions are kept
 * @param ofVersions whether it is the policy of a versions table
 * @param ownerId how owner ids are made
 * @param versionId how derived version ids are made; null where versions go by their signature
 * @param keys reads owners' public keys
 * @param certificates that a row must carry; identity tables only
 * @param signing how owners sign
 * @param reactions what happens to refused rows
 * @param identities the identity table, for messages; null in a policy of identities
 */
public record Policy(
    RowLayout columns,
    Layout layout,
    boolean ofVersions,
    DigestFormat ownerId,
    DigestFormat versionId,
    KeyReader keys,
    List<Certificate> certificates,
    Signing signing,
    Reactions reactions,
    String identities) {

  /**
   * A certificate and the key that it certifies.
   *
   * @param certificate place of the certificate in a row
   * @param certified place of the key whose bytes it signs
   */
  public record Certificate(int certificate, int certified) {}

  /** Where superseded versions are kept. */
  public enum Layout {
    UNVERSIONED("unversioned"),
    TWO_TABLES("two-tables"),
    ONE_TABLE("one-table");

    private final String label;

    Layout(String label) {
      this.label = label;
    }

    /** The name by which settings call it. */
    public String label() {
      return label;
    }
  }

  /**
   * The policy that the settings state.
   *
   * @param fields names and values in turn; see {@link PolicyReader}
   * @throws io.rowseal.error.RefusedException RS012 where the settings are unknown or contradict
   *     each other
   */
  public static Policy read(String[] fields) {
    return new PolicyReader(PolicyFields.read(fields)).policy();
  }

  /** Whether rows are owners' cards, which carry the owner's key themselves. */
  public boolean holdsIdentities() {
    return columns.publicKey() != RowLayout.NONE;
  }

  /** Whether versions stand beside each other, so that none is ever replaced by another. */
  public boolean isAppendOnly() {
    return ofVersions || layout == Layout.ONE_TABLE;
  }

  /** The bytes that the owner signs. */
  public byte[] message(Row row) {
    return signing.encoder().encode(row.values());
  }

  /**
   * Which of two versions comes later whose timestamps and signatures are the same: the one with
   * the greater bytes. They are the same on every peer, whatever order or names columns have there.
   */
  public boolean isGreater(Row row, Row than) {
    return Arrays.compareUnsigned(canonical(row), canonical(than)) > 0;
  }

  /**
   * All signed columns in one form that no two different rows share, whatever the table's format.
   */
  private byte[] canonical(Row row) {
    return MessageFormat.ROWSEAL_V1
        .encoder("", Signing.columns(columns.signed()), "")
        .encode(row.values());
  }

  /**
   * Refuses what no signature could mend, before any look-up or cryptography.
   *
   * @throws io.rowseal.error.RefusedException RS001 without signature, RS006 for a required NULL or
   *     a malformed version id or parent
   */
  public void checkShape(Row row) {
    TableColumn missing = row.missing();
    if (missing != null) {
      throw Refusal.MALFORMED.because("column " + missing.here() + " is null");
    }
    byte[] signature = row.signature();
    if (signature == null || signature.length == 0) {
      throw Refusal.NOT_SIGNED.because("column " + here(columns.signature()) + " is empty");
    }
    if (versionId != null) {
      checkVersionId(row.versionId(), signature);
      checkParent(row);
    }
  }

  /**
   * Refuses what no stored row can be. A write may leave the version id to be filled in; a stored
   * row has it.
   *
   * @throws io.rowseal.error.RefusedException as {@link #checkShape}
   */
  public void checkStoredShape(Row row) {
    checkShape(row);
    if (versionId != null && row.versionId() == null) {
      throw Refusal.MALFORMED.because("column " + here(columns.versionId()) + " is null");
    }
  }

  /** The version id of a row, filled in where it was left out; null where there are none. */
  public Object versionId(Row row) {
    Object found = row.versionId();
    return found == null && versionId != null ? versionId.of(row.signature()) : found;
  }

  /** One policy is one object: what is remembered for it holds for no other, be it equal. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  private void checkVersionId(Object found, byte[] signature) {
    if (found != null && !versionId.matches(found, signature)) {
      throw Refusal.MALFORMED.because(
          "column "
              + here(columns.versionId())
              + " is not the "
              + versionId.hash().label()
              + " of the signature; leave it null to have it filled in");
    }
  }

  private void checkParent(Row row) {
    int place = columns.parent();
    if (place != RowLayout.NONE
        && row.value(place) != null
        && !versionId.wellFormed(row.value(place))) {
      throw Refusal.MALFORMED.because(
          "column " + here(place) + " is not a version id: expected " + versionId.description());
    }
  }

  private String here(int place) {
    return columns.column(place).here();
  }
}
