package io.rowseal.host;

import io.rowseal.audit.Auditor;
import io.rowseal.audit.HtmlReport;
import io.rowseal.audit.Mermaid;
import io.rowseal.audit.VersionGraph;
import io.rowseal.database.Database;
import io.rowseal.enforcement.Enforcer;
import io.rowseal.enforcement.Inspector;
import io.rowseal.enforcement.ProtectedRows;
import io.rowseal.enforcement.StoredRows;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Settings;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.OwnerHash;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.List;

/**
 * The functions that SQL declares, for one backend. Not safe for several threads; a backend has
 * one.
 */
public final class Functions {
  private final Database database;
  private final String host;
  private final Enforcer enforcer = new Enforcer();
  private final Inspector inspector = new Inspector(enforcer);
  private final Auditor auditor = new Auditor(new StoredRows(enforcer));

  /**
   * @param database runs SQL in the calling transaction
   * @param host name and version of the host, for people
   */
  public Functions(Database database, String host) {
    this.database = database;
    this.host = host;
  }

  /** Versions of everything that takes part. */
  public String version() {
    return "%s (%s, Java %s, Bouncy Castle %s)"
        .formatted(Build.VERSION, host, System.getProperty("java.version"), Build.BOUNCY_CASTLE);
  }

  /** Decides about an INSERT; see {@link Enforcer#examineInsert}. */
  public long examineInsert(
      byte[] role,
      long relation,
      long fingerprint,
      byte[] image,
      byte[] large,
      byte[] storedVersion) {
    ProtectedRows rows = enforcer.rows(database, role, relation, fingerprint);
    return enforcer.examineInsert(database, rows, rows.row(image, large), storedVersion).step();
  }

  /** Decides about an UPDATE; see {@link Enforcer#examineUpdate}. */
  public long examineUpdate(
      byte[] role,
      long relation,
      long fingerprint,
      byte[] newImage,
      byte[] newLarge,
      byte[] oldImage,
      byte[] oldLarge) {
    ProtectedRows rows = enforcer.rows(database, role, relation, fingerprint);
    Object[] row = rows.row(newImage, newLarge);
    return enforcer.examineUpdate(database, rows, row, rows.row(oldImage, oldLarge)).step();
  }

  /** Decides about an INSERT into a versions table; see {@link Enforcer#examineVersion}. */
  public long examineVersion(
      byte[] role, long relation, long fingerprint, byte[] image, byte[] large) {
    ProtectedRows rows = enforcer.rows(database, role, relation, fingerprint);
    return enforcer.examineVersion(database, rows, rows.row(image, large)).step();
  }

  /** Always true. */
  public boolean act(String others) {
    enforcer.act(database, others);
    return true;
  }

  /** Always true. */
  public boolean settleArchive(
      byte[] role, long relation, long fingerprint, byte[] image, byte[] large) {
    ProtectedRows rows = enforcer.rows(database, role, relation, fingerprint);
    enforcer.settleArchive(database, rows, rows.row(image, large));
    return true;
  }

  /** The digest of a signature. */
  public byte[] versionId(byte[] signature, String hash) {
    return OwnerHash.named(hash)
        .orElseThrow(() -> unknown("version_hash", hash, OwnerHash.labels()))
        .digest(signature);
  }

  /** Always true; RS012 where the settings cannot be. */
  public boolean checkSettings(String settings) {
    Policy.of(Settings.read(database, settings));
    return true;
  }

  public long checkRows(String settings, String relation) {
    return inspector.checkRows(database, settings, relation);
  }

  public byte[] payload(String settings, String json) {
    return inspector.payload(database, settings, json);
  }

  public String[] explain(String settings, String json) {
    return inspector.explain(database, settings, json);
  }

  /** Verifies stored rows, given as an array of images in binary form. */
  public String[] verifyImages(long run, String settings, byte[] images) {
    return auditor.verify(database, run, settings, images);
  }

  /** Digests stored rows, given as an array of images in binary form. */
  public byte[] digestImages(String settings, byte[] images) {
    return auditor.digests(database, settings, images);
  }

  public String[] depths(String[] parents) {
    return VersionGraph.depths(parents);
  }

  public String mermaid(String title, String[] versions) {
    return Mermaid.of(VersionGraph.read(versions), title);
  }

  public String report(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    return HtmlReport.of(header, tables, problems, growth, graphs);
  }

  /** The digest of a public key. */
  public byte[] ownerId(byte[] publicKey, String ownerHash) {
    requireAll(publicKey, ownerHash);
    if (publicKey.length > KeyReader.longest()) {
      throw Refusal.MALFORMED.because(
          "a public key has " + KeyReader.longest() + " bytes at most, not " + publicKey.length);
    }
    return OwnerHash.named(ownerHash)
        .orElseThrow(() -> unknown("owner_hash", ownerHash, OwnerHash.labels()))
        .digest(publicKey);
  }

  /** Whether the signature is the key's over the message. */
  public boolean checkSignature(
      String algorithm, byte[] publicKey, byte[] message, byte[] signature) {
    requireAll(algorithm, publicKey, message, signature);
    SignatureAlgorithm found =
        SignatureAlgorithm.named(algorithm)
            .orElseThrow(() -> unknown("algorithm", algorithm, SignatureAlgorithm.labels()));
    try {
      found.publicKey(publicKey).verify(message, signature);
      return true;
    } catch (RefusedException refused) {
      return false;
    }
  }

  private static void requireAll(Object... arguments) {
    for (Object argument : arguments) {
      if (argument == null) {
        throw Refusal.MALFORMED.because("an argument is null");
      }
    }
  }

  private static RefusedException unknown(String setting, String name, List<String> known) {
    return Refusal.CONFIGURATION.because(
        setting + " '" + name + "' is not known; known are " + String.join(", ", known));
  }
}
