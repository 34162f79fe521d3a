package io.rowseal.host.pljava;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.RefusedException;
import java.sql.SQLException;
import java.util.concurrent.Callable;

/** The entry points that PL/Java calls, one for each SQL function. */
public final class Functions {
  private static final String INTERNAL_ERROR = "XX000";
  private static final String OUT_OF_MEMORY = "53200";

  private static final Query PLJAVA_VERSION =
      Query.builder()
          .text("SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pljava'")
          .result(ValueKind.TEXT)
          .build();

  private static final Database DATABASE = new PlJavaDatabase();
  private static io.rowseal.host.Functions functions;

  private Functions() {}

  public static String version() throws SQLException {
    return answer(() -> functions().version());
  }

  public static long examineInsert(
      byte[] role,
      long relation,
      long fingerprint,
      byte[] image,
      byte[] large,
      byte[] storedVersion)
      throws SQLException {
    return answer(
        () -> functions().examineInsert(role, relation, fingerprint, image, large, storedVersion));
  }

  public static long examineUpdate(
      byte[] role,
      long relation,
      long fingerprint,
      byte[] newImage,
      byte[] newLarge,
      byte[] oldImage,
      byte[] oldLarge)
      throws SQLException {
    return answer(
        () ->
            functions()
                .examineUpdate(
                    role, relation, fingerprint, newImage, newLarge, oldImage, oldLarge));
  }

  public static long examineVersion(
      byte[] role, long relation, long fingerprint, byte[] image, byte[] large)
      throws SQLException {
    return answer(() -> functions().examineVersion(role, relation, fingerprint, image, large));
  }

  public static boolean act(String others) throws SQLException {
    return answer(() -> functions().act(others));
  }

  public static boolean settleArchive(
      byte[] role, long relation, long fingerprint, byte[] image, byte[] large)
      throws SQLException {
    return answer(() -> functions().settleArchive(role, relation, fingerprint, image, large));
  }

  public static byte[] versionId(byte[] signature, String hash) throws SQLException {
    return answer(() -> functions().versionId(signature, hash));
  }

  public static boolean checkSettings(String settings) throws SQLException {
    return answer(() -> functions().checkSettings(settings));
  }

  public static long checkRows(String settings, String relation) throws SQLException {
    return answer(() -> functions().checkRows(settings, relation));
  }

  public static byte[] payload(String settings, String json) throws SQLException {
    return answer(() -> functions().payload(settings, json));
  }

  public static String[] explain(String settings, String json) throws SQLException {
    return answer(() -> functions().explain(settings, json));
  }

  public static String[] verifyImages(long run, String settings, byte[] images)
      throws SQLException {
    return answer(() -> functions().verifyImages(run, settings, images));
  }

  public static byte[] digestImages(String settings, byte[] images) throws SQLException {
    return answer(() -> functions().digestImages(settings, images));
  }

  public static String[] depths(String[] parents) throws SQLException {
    return answer(() -> functions().depths(parents));
  }

  public static String mermaid(String title, String[] versions) throws SQLException {
    return answer(() -> functions().mermaid(title, versions));
  }

  public static String report(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs)
      throws SQLException {
    return answer(() -> functions().report(header, tables, problems, growth, graphs));
  }

  public static byte[] ownerId(byte[] publicKey, String ownerHash) throws SQLException {
    return answer(() -> functions().ownerId(publicKey, ownerHash));
  }

  public static boolean checkSignature(
      String algorithm, byte[] publicKey, byte[] message, byte[] signature) throws SQLException {
    return answer(() -> functions().checkSignature(algorithm, publicKey, message, signature));
  }

  /**
   * Whatever goes wrong reaches the client as an SQL error with a code and a message, never as a
   * stack trace.
   */
  private static <T> T answer(Callable<T> call) throws SQLException {
    try {
      return call.call();
    } catch (RefusedException refused) {
      throw new SQLException(refused.getMessage(), refused.refusal().sqlState());
    } catch (SqlFailure failure) {
      throw failure.error();
    } catch (SQLException error) {
      throw error;
    } catch (OutOfMemoryError e) {
      throw new SQLException("the Java heap is too small for this row; raise -Xmx", OUT_OF_MEMORY);
    } catch (Exception | StackOverflowError e) {
      throw new SQLException("internal error: " + e, INTERNAL_ERROR);
    }
  }

  private static io.rowseal.host.Functions functions() {
    if (functions == null) {
      String version = (String) DATABASE.rows(PLJAVA_VERSION).get(0)[0];
      functions = new io.rowseal.host.Functions(DATABASE, "PL/Java " + version);
    }
    return functions;
  }
}
