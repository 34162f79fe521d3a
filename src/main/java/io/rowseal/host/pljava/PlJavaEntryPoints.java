package io.rowseal.host.pljava;

import io.rowseal.host.EntryPoints;
import io.rowseal.host.Failure;
import io.rowseal.host.ServerSignals;
import java.sql.SQLException;

/**
 * The static methods that PL/Java calls, one for each SQL function; {@link EntryPoints} says what
 * they do.
 *
 * <p>Whatever goes wrong reaches the client as an SQL error with a code and a message. PL/Java puts
 * the exception's class in front of the message, unless it is one that PostgreSQL itself raised.
 *
 * <p>The methods spell their try blocks out: a lambda in each would make a class in every new
 * connection.
 */
public final class PlJavaEntryPoints {
  private static final EntryPoints ENTRY_POINTS = new EntryPoints("PL/Java");

  static {
    ServerSignals.restore();
  }

  private PlJavaEntryPoints() {}

  /** Why a waiting backend does not hear of cancel and terminate at once; null if it does. */
  public static String signals() throws SQLException {
    return ServerSignals.problem();
  }

  /** See {@link EntryPoints#sharesClasses}. */
  public static boolean sharesClasses() throws SQLException {
    return ENTRY_POINTS.sharesClasses();
  }

  /** See {@link EntryPoints#verify}. */
  public static long verify(byte[] policy, byte[] image, byte[] large, byte[] card)
      throws SQLException {
    try {
      return ENTRY_POINTS.verify(policy, image, large, card);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#handOver}. */
  public static long handOver(
      byte[] policy, byte[] image, byte[] large, byte[] card, long statement) throws SQLException {
    try {
      return ENTRY_POINTS.handOver(policy, image, large, card, statement);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#callHelpers}. */
  public static boolean callHelpers(long statement, long helpers) throws SQLException {
    try {
      return ENTRY_POINTS.callHelpers(statement, helpers);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#settle}. */
  public static String[] settle(long statement) throws SQLException {
    try {
      return ENTRY_POINTS.settle(statement);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#verifyUpdate}. */
  public static long verifyUpdate(
      byte[] policy, byte[] image, byte[] large, byte[] oldImage, byte[] oldLarge, byte[] card)
      throws SQLException {
    try {
      return ENTRY_POINTS.verifyUpdate(policy, image, large, oldImage, oldLarge, card);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#handOverUpdate}. */
  public static long handOverUpdate(
      byte[] policy,
      byte[] image,
      byte[] large,
      byte[] oldImage,
      byte[] oldLarge,
      byte[] card,
      long statement)
      throws SQLException {
    try {
      return ENTRY_POINTS.handOverUpdate(policy, image, large, oldImage, oldLarge, card, statement);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#refusal}. */
  public static String[] refusal(
      byte[] policy, byte[] image, byte[] large, byte[] oldImage, byte[] oldLarge, byte[] card)
      throws SQLException {
    try {
      return ENTRY_POINTS.refusal(policy, image, large, oldImage, oldLarge, card);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#learnPolicy}. */
  public static boolean learnPolicy(byte[] id, String[] fields) throws SQLException {
    try {
      return ENTRY_POINTS.learnPolicy(id, fields);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#checkPolicy}. */
  public static boolean checkPolicy(String[] fields) throws SQLException {
    try {
      return ENTRY_POINTS.checkPolicy(fields);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#message}. */
  public static byte[] message(byte[] policy, byte[] image) throws SQLException {
    try {
      return ENTRY_POINTS.message(policy, image);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#explain}. */
  public static String[] explain(byte[] policy, byte[] image, byte[] card, byte[] tip)
      throws SQLException {
    try {
      return ENTRY_POINTS.explain(policy, image, card, tip);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#owners}. */
  public static String[] owners(byte[] policy, byte[] images) throws SQLException {
    try {
      return ENTRY_POINTS.owners(policy, images);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#verifyImages}. */
  public static String[] verifyImages(byte[] policy, byte[] images, String[] owners, byte[] cards)
      throws SQLException {
    try {
      return ENTRY_POINTS.verifyImages(policy, images, owners, cards);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#digestImages}. */
  public static byte[] digestImages(byte[] policy, byte[] images) throws SQLException {
    try {
      return ENTRY_POINTS.digestImages(policy, images);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#isGreater}. */
  public static boolean isGreater(byte[] policy, byte[] image, byte[] than) throws SQLException {
    try {
      return ENTRY_POINTS.isGreater(policy, image, than);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#mermaid}. */
  public static String mermaid(String title, String[] versions) throws SQLException {
    try {
      return ENTRY_POINTS.mermaid(title, versions);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#report}. */
  public static String report(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs)
      throws SQLException {
    try {
      return ENTRY_POINTS.report(header, tables, problems, growth, graphs);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#version}. */
  public static String version(String host) throws SQLException {
    try {
      return ENTRY_POINTS.version(host);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#versionId}. */
  public static byte[] versionId(byte[] signature, String hash) throws SQLException {
    try {
      return ENTRY_POINTS.versionId(signature, hash);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#ownerId}. */
  public static byte[] ownerId(byte[] publicKey, String ownerHash) throws SQLException {
    try {
      return ENTRY_POINTS.ownerId(publicKey, ownerHash);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  /** See {@link EntryPoints#checkSignature}. */
  public static boolean checkSignature(
      String algorithm, byte[] publicKey, byte[] message, byte[] signature) throws SQLException {
    try {
      return ENTRY_POINTS.checkSignature(algorithm, publicKey, message, signature);
    } catch (RuntimeException | Error e) {
      throw error(e);
    }
  }

  private static SQLException error(Throwable thrown) {
    Failure failure = Failure.of(thrown);
    return new SQLException(failure.message(), failure.sqlState());
  }
}
