package io.rowseal.audit;

import io.rowseal.database.Database;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.enforcement.StoredRows;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks at stored rows batch by batch. The caller reads the rows and decides how many are in memory
 * at a time; a batch is worked on by all cores.
 */
public final class Auditor {
  private static final int DIGEST_LENGTH = 32;

  private final StoredRows rows;
  private final Workers workers = new Workers();

  public Auditor(StoredRows rows) {
    this.rows = rows;
  }

  /**
   * Verifies stored rows.
   *
   * @param run tells batches that belong together
   * @param settings of the data table
   * @param images of the rows, an array of {@code bytea} in binary form
   * @return three texts for each row that is not its owner's word: place in the batch from 1,
   *     SQLSTATE, problem
   */
  public String[] verify(Database database, long run, String settings, byte[] images) {
    rows.inRun(run);
    Policy policy = rows.policy(database, settings);
    ImageBatch batch = ImageBatch.read(images);
    List<Runnable> checks =
        IntStream.range(0, batch.size())
            .mapToObj(i -> rows.check(database, policy, batch.row(i, policy.image())))
            .toList();
    RefusedException[] refused = new RefusedException[checks.size()];
    workers.forEach(refused.length, i -> refused[i] = refusal(checks.get(i)));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < refused.length; i++) {
      if (refused[i] != null) {
        texts.add(Integer.toString(i + 1));
        texts.add(refused[i].refusal().sqlState());
        texts.add(refused[i].getMessage());
      }
    }
    return texts.toArray(String[]::new);
  }

  /**
   * Digests stored rows. A version's digest covers what its owner signed, and the signature; it is
   * the same on every peer, whatever order or names columns have there.
   *
   * @param settings of the data table
   * @param images of the rows, an array of {@code bytea} in binary form
   * @return for each row the SHA-256 of its key and the SHA-256 of the version, one after the other
   */
  public byte[] digests(Database database, String settings, byte[] images) {
    Policy policy = rows.policy(database, settings);
    ImageBatch batch = ImageBatch.read(images);
    Projection key = new Projection(policy, policy.key());
    Projection version =
        new Projection(policy, IntStream.range(0, policy.versionLength()).toArray());
    byte[] digests = new byte[2 * DIGEST_LENGTH * batch.size()];
    workers.forEach(
        batch.size(),
        i -> {
          Object[] row = batch.row(i, policy.image());
          int at = 2 * DIGEST_LENGTH * i;
          System.arraycopy(key.digest(row), 0, digests, at, DIGEST_LENGTH);
          System.arraycopy(version.digest(row), 0, digests, at + DIGEST_LENGTH, DIGEST_LENGTH);
        });
    return digests;
  }

  private static RefusedException refusal(Runnable check) {
    try {
      check.run();
      return null;
    } catch (RefusedException refused) {
      return refused;
    }
  }

  /**
   * Some columns of a row in the encoding of {@code rowseal-v1}, whatever the table's format: it
   * can encode any row, even one that nobody can have signed, no two rows alike, and does not
   * depend on the order of columns.
   */
  private static final class Projection {
    private final int[] places;
    private final MessageEncoder encoder;

    Projection(Policy policy, int[] places) {
      this.places = places;
      List<Column> columns =
          Arrays.stream(places).mapToObj(policy.image()::get).map(TableColumn::signed).toList();
      encoder = MessageFormat.ROWSEAL_V1.encoder("", columns, "");
    }

    byte[] digest(Object[] row) {
      return sha256(encoder.encode(Arrays.stream(places).mapToObj(i -> row[i]).toArray()));
    }

    private static byte[] sha256(byte[] bytes) {
      try {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // every Java has it
      }
    }
  }
}
