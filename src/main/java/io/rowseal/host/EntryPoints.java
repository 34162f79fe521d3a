package io.rowseal.host;

import io.rowseal.audit.Auditor;
import io.rowseal.audit.HtmlReport;
import io.rowseal.audit.Mermaid;
import io.rowseal.audit.VersionGraph;
import io.rowseal.enforcement.Enforcer;
import io.rowseal.enforcement.Inspector;
import io.rowseal.enforcement.Policies;
import io.rowseal.enforcement.Verdict;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.row.RowLayout;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.work.Workers;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.List;

/**
 * The functions that SQL declares, for one backend. Each answers from its arguments, and from
 * policies and owners' keys, which go by their own hashes and so cannot change; {@link #settle}
 * also from the rows that were handed over. None runs SQL, and none throws anything but {@link
 * RefusedException}, whatever it is given.
 *
 * <p>A {@code policy} is the SHA-256 of a table's settings, which {@link #learnPolicy} explains. An
 * {@code image} is a row as PostgreSQL's {@code record_send} writes it; {@code large} is the value
 * that goes beside it. A {@code card} is null if it was not looked up, empty if the owner has none,
 * else one byte (1: committed, 0: written by this very transaction) and the owner's public key.
 * {@code images} and {@code cards} are arrays of {@code bytea} as {@code array_send} writes them.
 *
 * <p>Not safe for several threads; a backend has one.
 */
public final class EntryPoints {
  private final String host;
  private final Policies policies = new Policies();
  private final Workers workers = new Workers();
  private final Enforcer enforcer = new Enforcer(workers);
  private final Auditor auditor = new Auditor(workers);

  /**
   * @param host its name and version, for people; empty if only SQL knows
   */
  public EntryPoints(String host) {
    this.host = host;
  }

  // ---------------------------------------------------------------- writes

  /**
   * Decides about a row that is to be stored as a new one.
   *
   * @return a code of {@link Verdict}: 0 to 3
   * @throws RefusedException RS006 for what is no image of such a row
   */
  public long verify(byte[] policy, byte[] image, byte[] large, byte[] card) {
    Policy known = policies.find(policy);
    if (known == null) {
      return Verdict.POLICY_UNKNOWN.code();
    }
    return enforcer.insert(known, Row.decode(image, large, known.columns()), card).code();
  }

  /**
   * Decides about a row that is to be stored as a new one by a statement at whose end {@link
   * #settle} is called: it may be verified later, or by another thread.
   *
   * @param statement its number, greater than zero, which no later statement has; zero to verify at
   *     once
   * @return a code of {@link Verdict}: 0 to 3, or 8
   * @throws RefusedException RS006 for what is no image of such a row
   */
  public long handOver(byte[] policy, byte[] image, byte[] large, byte[] card, long statement) {
    if (statement == 0) {
      return verify(policy, image, large, card);
    }
    Policy known = policies.find(policy);
    if (known == null) {
      return Verdict.POLICY_UNKNOWN.code();
    }
    Row row = Row.decode(image, large, known.columns());
    return enforcer.handOver(known, row, card, statement).code();
  }

  /**
   * Has other threads verify the rows that this statement hands over from now on. Always true.
   *
   * @param helpers how many threads; there are never more than cores
   */
  public boolean callHelpers(long statement, long helpers) {
    enforcer.callHelpers(statement, (int) Math.max(0, Math.min(helpers, Integer.MAX_VALUE)));
    return true;
  }

  /**
   * Verifies what the statement has handed over and is not verified yet.
   *
   * @return SQLSTATE and message, with table and key, of the first bad row; null if none is bad
   */
  public String[] settle(long statement) {
    RefusedException refused = enforcer.settle(statement);
    return refused == null
        ? null
        : new String[] {refused.refusal().sqlState(), refused.getMessage()};
  }

  /**
   * Decides about a row that is to take the place of another, from which it differs.
   *
   * @return a code of {@link Verdict}
   * @throws RefusedException RS006 for what is no image of such a row
   */
  public long verifyUpdate(
      byte[] policy, byte[] image, byte[] large, byte[] oldImage, byte[] oldLarge, byte[] card) {
    return handOverUpdate(policy, image, large, oldImage, oldLarge, card, 0);
  }

  /**
   * Decides about a row that is to take the place of another. One that is newer may be verified
   * later, or by another thread, before {@link #settle} is called at the end of the statement.
   *
   * @param statement as {@link #handOver} has it
   * @return a code of {@link Verdict}
   * @throws RefusedException RS006 for what is no image of such a row
   */
  public long handOverUpdate(
      byte[] policy,
      byte[] image,
      byte[] large,
      byte[] oldImage,
      byte[] oldLarge,
      byte[] card,
      long statement) {
    Policy known = policies.find(policy);
    if (known == null) {
      return Verdict.POLICY_UNKNOWN.code();
    }
    Row row = Row.decode(image, large, known.columns());
    Row old = Row.decode(oldImage, oldLarge, known.columns());
    return enforcer.update(known, row, old, card, statement).code();
  }

  /**
   * Why a row is refused: SQLSTATE, message with table and key, and, if the settings put such a row
   * aside, the owner id as text (null if the row has none) and {@code t}. Null if the row is not
   * refused. Verifies the row again, for nothing is remembered of it; refusals are rare.
   *
   * @param oldImage null if the row is to be stored as a new one
   */
  public String[] refusal(
      byte[] policy, byte[] image, byte[] large, byte[] oldImage, byte[] oldLarge, byte[] card) {
    Policy known = policies.require(policy);
    Row row = Row.decode(image, large, known.columns());
    Row old = oldImage == null ? null : Row.decode(oldImage, oldLarge, known.columns());
    RefusedException refused = enforcer.refusal(known, row, old, card);
    if (refused == null) {
      return null;
    }
    boolean parks = known.reactions().parks(refused.refusal());
    return new String[] {
      refused.refusal().sqlState(),
      refused.getMessage(),
      parks ? Row.printed(row.owner()) : null,
      parks ? "t" : "f"
    };
  }

  // ---------------------------------------------------------------- the backend

  /**
   * Why a waiting backend does not hear of cancel and terminate at once; null if it does, as on the
   * bridge, which replaces no handler.
   */
  public String signals() {
    return null;
  }

  /**
   * Whether Java takes classes from an archive. It does not where that is of another Java, or of
   * other jars, and says nothing.
   */
  @SuppressWarnings("removal")
  public boolean sharesClasses() {
    PrivilegedAction<String> info = () -> System.getProperty("java.vm.info", "");
    return AccessController.doPrivileged(info).contains("sharing"); // PL/Java's policy forbids it
  }

  // ---------------------------------------------------------------- policies

  /**
   * Learns what settings a policy's id stands for. Always true.
   *
   * @param id the SHA-256 of the settings; the caller vouches for it
   * @param fields names and values in turn
   * @throws RefusedException RS012 for settings that cannot be
   */
  public boolean learnPolicy(byte[] id, String[] fields) {
    policies.learn(id, fields);
    return true;
  }

  /**
   * Checks settings without learning them. Always true.
   *
   * @throws RefusedException RS012 for settings that cannot be
   */
  public boolean checkPolicy(String[] fields) {
    Policy.read(fields);
    return true;
  }

  // ---------------------------------------------------------------- looks

  /** What the owner signs. The image is whole: nothing goes beside it. */
  public byte[] message(byte[] policy, byte[] image) {
    Policy known = policies.require(policy);
    return known.message(Row.decode(image, known.columns()));
  }

  /**
   * What would become of a row, step by step, three texts each: check, {@code t} or {@code f},
   * finding. The image is whole: nothing goes beside it.
   *
   * @param tip an image of timestamp and signature of the stored row; null if there is none, empty
   *     if nobody looked
   */
  public String[] explain(byte[] policy, byte[] image, byte[] card, byte[] tip) {
    Policy known = policies.require(policy);
    return Inspector.explain(known, Row.decode(image, known.columns()), card, tip);
  }

  /** The owners in a batch, each once, as text; none for identities. */
  public String[] owners(byte[] policy, byte[] images) {
    return auditor.owners(policies.require(policy), images);
  }

  /**
   * Verifies stored rows on all cores, given their owners' cards in the order of the owners.
   *
   * @return three texts for each bad row: place in the batch from 1, SQLSTATE, problem
   */
  public String[] verifyImages(byte[] policy, byte[] images, String[] owners, byte[] cards) {
    return auditor.verify(policies.require(policy), images, owners, cards);
  }

  /** For each row the SHA-256 of its key and that of the version, one after the other. */
  public byte[] digestImages(byte[] policy, byte[] images) {
    return auditor.digests(policies.require(policy), images);
  }

  /**
   * Whether a row comes after another one of the same timestamp and signature. The images are
   * whole: nothing goes beside them.
   */
  public boolean isGreater(byte[] policy, byte[] image, byte[] than) {
    Policy known = policies.require(policy);
    RowLayout layout = known.columns();
    return known.isGreater(Row.decode(image, layout), Row.decode(than, layout));
  }

  /** A version graph as Mermaid text. */
  public String mermaid(String title, String[] versions) {
    return Mermaid.of(VersionGraph.read(versions), title);
  }

  /** An audit as an HTML page. */
  public String report(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    return HtmlReport.of(header, tables, problems, growth, graphs);
  }

  // ---------------------------------------------------------------- small things

  /**
   * Versions of everything that takes part.
   *
   * @param givenHost the host's name and version; null or empty where the host's adapter knows
   */
  public String version(String givenHost) {
    String named = givenHost == null || givenHost.isEmpty() ? host : givenHost;
    return Build.VERSION
        + " ("
        + named
        + ", Java "
        + System.getProperty("java.version")
        + ", Bouncy Castle "
        + Build.BOUNCY_CASTLE
        + ")";
  }

  /** The digest of a signature. */
  public byte[] versionId(byte[] signature, String hash) {
    requireAll(signature, hash);
    return hash("version_hash", hash).digest(signature);
  }

  /** The digest of a public key. */
  public byte[] ownerId(byte[] publicKey, String ownerHash) {
    requireAll(publicKey, ownerHash);
    if (publicKey.length > KeyReader.longest()) {
      throw Refusal.MALFORMED.because(
          "a public key has " + KeyReader.longest() + " bytes at most, not " + publicKey.length);
    }
    return hash("owner_hash", ownerHash).digest(publicKey);
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

  private static HashAlgorithm hash(String setting, String name) {
    return HashAlgorithm.named(name)
        .orElseThrow(() -> unknown(setting, name, HashAlgorithm.labels()));
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
